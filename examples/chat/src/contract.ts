/** What the demo's page and server have agreed on: every call and bucket, with its types. */
import { bucket, call, defineContract, type StandardSchemaV1 } from "@holdfast/protocol";

/** One line of the conversation. */
export interface Message {
  /** The room's own count, from 1, without gaps. It outlives restarts of the server. */
  readonly number: number;
  /**
   * Given by the author before sending: the same id is the same message, however often it comes.
   */
  readonly id: string;
  readonly author: string;
  readonly name: string;
  readonly text: string;
  /** Epoch milliseconds, by the server's clock. */
  readonly at: number;
}

/** What somebody wants to say. */
export interface Draft {
  readonly id: string;
  readonly text: string;
}

/** What happened in the room after a message. */
export interface History {
  readonly messages: readonly Message[];
}

/** The one room of the demo. */
export const ROOM = "room:lobby";

/** How long a message may be, in characters. */
export const TEXT_LENGTH_MAX = 500;

export const contract = defineContract({
  calls: {
    "message.send": call<Draft, Message>({ input: schema(isDraft, "a draft") }),
    // Reading twice harms nobody: after a lost connection the client asks again by itself.
    history: call<{ readonly after: number }, History>({
      input: schema(isPosition, "a position"),
      repeatable: true,
    }),
  },
  buckets: { room: bucket<Message>() },
});

/** Types calls on the page and handlers on the server. */
export type ChatContract = typeof contract;

function isDraft(value: unknown): value is Draft {
  const { id, text } = fieldsOf(value);
  return (
    typeof id === "string" &&
    /^[\w-]{8,64}$/.test(id) &&
    typeof text === "string" &&
    text.trim().length > 0 &&
    text.length <= TEXT_LENGTH_MAX
  );
}

function isPosition(value: unknown): value is { readonly after: number } {
  const { after } = fieldsOf(value);
  return Number.isSafeInteger(after) && Number(after) >= 0;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** A validator by hand; any library that speaks Standard Schema fits in its place. */
function schema<T>(accepts: (value: unknown) => value is T, what: string): StandardSchemaV1<T> {
  return {
    "~standard": {
      version: 1,
      vendor: "holdfast-example-chat",
      validate: (value) =>
        accepts(value) ? { value } : { issues: [{ message: `This is not ${what}.` }] },
    },
  };
}
