/** The words that Holdfast clients and servers speak. No dependency, no I/O. */
export { accountsForAll, bucketKind, isGapless } from "./bucket.ts";
export type { BucketHead, BucketKey, BucketPosition, Update, UpdateRun } from "./bucket.ts";
export {
  ALL_CAPABILITIES,
  capabilityOf,
  commonCapabilities,
  LIVE_CAPABILITIES,
} from "./capability.ts";
export type { Capability } from "./capability.ts";
export type {
  Call,
  Cancel,
  ClientMessage,
  Fetch,
  Hello,
  Ping,
  Subscribe,
  Token,
  Unsubscribe,
} from "./client-message.ts";
export { CLIENT_MESSAGES } from "./client-message-table.ts";
export { CLOSE_CODES, closeMeaning, httpMeaning } from "./close-code.ts";
export type { CloseMeaning, CloseName } from "./close-code.ts";
export { EncodeError } from "./codec.ts";
export type { Codec, EncodeErrorCode, Frame, FrameLimits, Malformed } from "./codec.ts";
export { bucket, call, defineContract } from "./contract.ts";
export type {
  BucketKeyOf,
  BucketKindOf,
  BucketSpec,
  CallArguments,
  CallSpec,
  Contract,
  DataOf,
  HandlerInputOf,
  HandlerOutputOf,
  InputOf,
  MethodOf,
  OutputOf,
} from "./contract.ts";
export { FAILURE_CODES } from "./failure-code.ts";
export type { FailureCode } from "./failure-code.ts";
export { isName } from "./field-check.ts";
export type { Check, Fields } from "./field-check.ts";
export {
  JSON_SUBPROTOCOL,
  jsonClientCodec,
  jsonCodec,
  jsonDurableClientCodec,
  jsonServerCodec,
} from "./json-codec.ts";
export { DEFAULT_WIRE_LIMITS, HELLO_BYTES_MAX, HELLO_DEADLINE_MS } from "./limits.ts";
export type { WireLimits } from "./limits.ts";
export { SERVER_MESSAGES } from "./log-message-table.ts";
export { readMessages } from "./message-table.ts";
export type { MessageTable } from "./message-table.ts";
export { holdsBytes, readPayloadFault } from "./payload-bytes.ts";
export { payloadFault } from "./payload-fault.ts";
export { refusalCloseCode, REFUSALS } from "./refusal-code.ts";
export type { Refusal, RefusalCode } from "./refusal-code.ts";
export { SPOKEN_SERVER_MESSAGES } from "./server-message-table.ts";
export type {
  Ack,
  Failure,
  GoAway,
  Heads,
  Page,
  Pong,
  RefusalAction,
  Refuse,
  Result,
  ServerMessage,
  SpokenServerMessage,
  SpokenUpdates,
  Subscribed,
  TokenAccepted,
  TooFarBehind,
  Unsubscribed,
  UnsubscribedCode,
  Updates,
  Welcome,
} from "./server-message.ts";
export type { StandardIssue, StandardResult, StandardSchemaV1 } from "./standard-schema.ts";
export { PROTOCOL_VERSION } from "./version.ts";
