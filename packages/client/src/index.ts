/**
 * The client's front door. Platforms, the display policy and the trace tools are subpaths, so that
 * nobody pays for them unused.
 */
export type {
  AmbientCredentials,
  Credentials,
  TokenCredentials,
  TokenRequest,
} from "./adapters/credentials.ts";
export type {
  LifecycleAdapter,
  LifecycleEvent,
  LifecycleState,
} from "./adapters/lifecycle-adapter.ts";
export type { NetworkAdapter, NetworkEvent, NetworkState } from "./adapters/network-adapter.ts";
export type { Platform } from "./adapters/platform.ts";
export type { Cancel, Clock, Millis } from "./base/clock.ts";
export { systemClock } from "./base/clock.ts";
export { CallError, OptionsError, RealtimeError } from "./base/errors.ts";
export type { CallErrorDetails, CallErrorKind } from "./base/errors.ts";
export { randomHex, seededRandom, systemRandom } from "./base/random.ts";
export type { Random } from "./base/random.ts";
export { Cell, waitFor } from "./base/source.ts";
export type { Source } from "./base/source.ts";
export type { CreateSocket, WebSocketLike } from "./base/web-socket.ts";
export type { BackoffPolicy } from "./connection/backoff-policy.ts";
export type { ConnectionEffect, SessionControl, Vitals } from "./connection/connection-effect.ts";
export type { ConnectionEvent, NetworkQuality } from "./connection/connection-event.ts";
export type {
  Blocker,
  ConnectionConstraints,
  ConnectionFailure,
} from "./connection/connection-model.ts";
export { DEFAULT_CONNECTION_POLICY } from "./connection/connection-policy.ts";
export type { BackgroundPolicy, ConnectionPolicy } from "./connection/connection-policy.ts";
export type { ConnectionSnapshot } from "./connection/connection-snapshot.ts";
export type {
  ConnectionReason,
  ConnectionState,
  FailureReason,
} from "./connection/connection-state.ts";
export type { HandledEvent } from "./connection/connection-manager.ts";
export type { DialUrl, UrlAttempt } from "./realtime/dial-url.ts";
export { CLIENT_VERSION, RealtimeClient } from "./realtime/realtime-client.ts";
export type { RealtimeConnectionState } from "./realtime/realtime-connection-state.ts";
export type { RealtimeOptions } from "./realtime/realtime-options.ts";
export type { SubscriptionState, UpdateListener } from "./realtime/update-subscriptions.ts";
export type { CallOptions } from "./session/call-options.ts";
export type { OpenTransport, Transport, TransportEvent } from "./transport/transport.ts";
