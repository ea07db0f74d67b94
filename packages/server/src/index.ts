/** The Holdfast server for Node. `@holdfast/server/use/ws` binds it to an HTTP server. */
export { AuthRefusal, refuse } from "./authenticate.ts";
export type { Accepted, AccountDataOf, Authenticate, AuthRequest } from "./authenticate.ts";
export { systemClock } from "./base/clock.ts";
export type { Cancel, Clock, Millis } from "./base/clock.ts";
export type { Random } from "./base/random.ts";
export type { BucketRules, BucketRulesOf } from "./bucket-gate.ts";
export { PublishError } from "./bucket-publisher.ts";
export type { PublishErrorCode } from "./bucket-publisher.ts";
export { CommitError } from "./call-context.ts";
export type {
  CallContext,
  Commit,
  Handler,
  Handlers,
  Publish,
  Published,
  PublishOptions,
  Viewer,
} from "./call-context.ts";
export { CallFailure } from "./call-failure.ts";
export type { CallFailureDetails } from "./call-failure.ts";
export { StoreFault } from "./committer.ts";
export type { CommitTransaction } from "./committer.ts";
export type { ServerCodec } from "./outbox.ts";
export { RealtimeServer } from "./realtime-server.ts";
export type { CloseOptions, RealtimeServerOptions } from "./server-options.ts";
export { DEFAULT_RETENTION, DEFAULT_SERVER_POLICY } from "./server-policy.ts";
export type { ServerPolicy } from "./server-policy.ts";
export type { SpokenRefusal } from "./server-session-event.ts";
export type { ServerRequest, ServerSocket, SocketListener } from "./server-socket.ts";
export type { ServerStats } from "./server-stats.ts";
export type { ErrorContext, ErrorPlace, SessionInfo } from "./session-host.ts";
export { KEY_RETENTION_MS } from "./server-store.ts";
export type {
  CallKey,
  CommitOutcome,
  CommitUnit,
  KeyedCall,
  KeyedOutcome,
  LogPage,
  LogRange,
  LogUpdate,
  ReadLimits,
  ReadRequest,
  Retention,
  ServerStore,
  StoreNotice,
  StoreTransaction,
} from "./server-store.ts";
export { StoreError } from "./store-error.ts";
export type { StoreErrorCode } from "./store-error.ts";
export type { Readiness } from "./store-health.ts";
export { memoryStore } from "./stores/memory.ts";
export type { MemoryStoreOptions } from "./stores/memory.ts";
