/** Reads what a client says (PROTOCOL.md §4): the checks of every field, for servers. */
import type { BucketPosition } from "./bucket.ts";
import type { Cancel, ClientMessage } from "./client-message.ts";
import { Malformed } from "./codec.ts";
import { count, list, name, optional, payload, readMessage, shape, text } from "./field-check.ts";
import type { Check, MessageTable } from "./field-check.ts";

/** The value itself when it is a client message, otherwise what is wrong with it. Never throws. */
export function parseClientMessage(value: unknown, nameLength: number): ClientMessage | Malformed {
  const message = readMessage(TABLE, value, nameLength);
  if (message instanceof Malformed || message.type !== "cancel" || namesOneCall(message)) {
    return message;
  }
  return new Malformed("badField", "cancel.id");
}

function namesOneCall({ id, key }: Cancel): boolean {
  return (id === undefined) !== (key === undefined);
}

const positionShape: Check<BucketPosition> = shape<BucketPosition>({
  bucket: name,
  epoch: optional(name),
  after: optional(count),
});

/** `epoch` and `after` mean something only together. */
const position: Check<BucketPosition> = (value, nameLength): value is BucketPosition =>
  positionShape(value, nameLength) && (value.epoch === undefined) === (value.after === undefined);

const TABLE: MessageTable<ClientMessage> = {
  hello: {
    token: optional(text),
    client: shape<{ name: string; version: string }>({ name, version: name }),
    capabilities: list(name),
    instanceId: name,
    session: count,
    buckets: optional(list(position)),
  },
  call: { id: count, method: name, input: payload, timeoutMs: count, key: optional(name) },
  cancel: { id: optional(count), key: optional(name) },
  subscribe: { buckets: list(position) },
  unsubscribe: { buckets: list(name) },
  fetch: { id: count, bucket: name, epoch: name, after: count, limit: count },
  ping: { nonce: count },
  token: { token: text },
};
