/** The fields of what a client says (PROTOCOL.md §4). */
import type { BucketPosition } from "./bucket.ts";
import type { ClientMessage } from "./client-message.ts";
import { count, list, name, optional, shape, text } from "./field-check.ts";
import type { Check } from "./field-check.ts";
import type { MessageTable } from "./message-table.ts";

/** `epoch` and `after` mean something only together. */
const position: Check<BucketPosition> = shape<BucketPosition>({
  bucket: name,
  epoch: optional(name),
  after: (value, nameLength, whole): value is number | undefined =>
    optional(count)(value, nameLength, whole) &&
    (value === undefined) === ((whole as BucketPosition).epoch === undefined),
});

/** What a server reads. */
export const CLIENT_MESSAGES: MessageTable<ClientMessage> = {
  hello: {
    token: optional(text),
    client: shape<{ name: string; version: string }>({ name, version: name }),
    capabilities: list(name),
    instanceId: name,
    session: count,
    buckets: optional(list(position)),
  },
  call: { id: count, method: name, timeoutMs: count, key: optional(name) },
  cancel: { id: count, key: optional(name) },
  subscribe: { buckets: list(position) },
  unsubscribe: { buckets: list(name) },
  fetch: { id: count, bucket: name, epoch: name, after: count, limit: count },
  ping: { nonce: count },
  token: { token: text },
};
