/**
 * graphql-ws with the reference implementation of GraphQL: a call is a query or a mutation, an
 * update the next value of a subscription. Eager, and it never stops trying.
 */
import { createServer } from "node:http";

import { buildSchema } from "graphql";
import { createClient } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import { WebSocket, WebSocketServer } from "ws";

import { listen } from "../listen.ts";
import type { App, ConnectOptions, Method, Peer, PeerClient, PeerServer, Update } from "../peer.ts";
import { UpdateQueues } from "./update-queues.ts";

export const peer: Peer = { serve, connect };

const schema = buildSchema(`
  type Update { n: Int!, text: String! }
  type Query { echo(text: String!): String! }
  type Mutation { publish(n: Int!, text: String!): Boolean!  add(id: Int!): Boolean! }
  type Subscription { update: Update! }
`);

const QUERIES: Readonly<Record<Method, string>> = {
  echo: "query ($text: String!) { echo(text: $text) }",
  publish: "mutation ($n: Int!, $text: String!) { publish(n: $n, text: $text) }",
  add: "mutation ($id: Int!) { add(id: $id) }",
};

async function serve(app: App, port: number): Promise<PeerServer> {
  const http = createServer();
  const queues = new UpdateQueues();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  useServer(
    {
      schema,
      onConnect: ({ connectionParams }) => Boolean(connectionParams?.["token"]),
      roots: {
        query: { echo: (input: { text: string }) => app.echo(input).text },
        mutation: {
          publish: (input: Update) => app.publish(input).isPublished,
          add: (input: { id: number }) => app.add(input).isAdded,
        },
        subscription: {
          async *update() {
            for await (const update of queues.open()) yield { update };
          },
        },
      },
    },
    sockets,
  );
  return { port: await listen(http, port), publish: (update) => queues.push(update) };
}

function connect({ url, account, onState }: ConnectOptions): PeerClient {
  const client = createClient({
    url,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string | string[]) {
        super(address, protocols, { perMessageDeflate: false });
      }
    },
    connectionParams: { token: account },
    lazy: false,
    onNonLazyError: () => {},
    retryAttempts: Infinity,
    shouldRetry: () => true,
    on: { connected: () => onState?.(true), closed: () => onState?.(false) },
  });
  const ask = (method: Method, variables: Record<string, unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      let answer: Readonly<Record<string, unknown>> | null | undefined;
      client.subscribe(
        { query: QUERIES[method], variables },
        {
          next: ({ data, errors }) => (errors ? reject(new Error("failed")) : (answer = data)),
          error: () => reject(new Error("failed")),
          complete: () => resolve(answer?.[method]),
        },
      );
    });
  return {
    call: async (method, input) => {
      const output = await ask(method, { ...input });
      return method === "echo" ? { text: output } : { output };
    },
    async subscribe(hear) {
      client.subscribe<{ update: Update }>(
        { query: "subscription { update { n text } }" },
        {
          next: ({ data }) => data && hear(data.update),
          error: () => {},
          complete: () => {},
        },
      );
      // It says nothing of when a subscription stands. What is asked after it is answered later.
      await ask("echo", { text: "" });
    },
    close: () => void client.dispose(),
  };
}
