/**
 * The Holdfast test kit. For an app: `linkedPair`, a real client and a real server in memory. For a
 * client against servers that misbehave: `clientHarness`. Both stand on a `ManualClock`: no test
 * sleeps, and none depends on how fast the machine is.
 */
export {
  accepts,
  acceptsThenDrops,
  answersHttp,
  blackHoles,
  choosesSubprotocol,
  goesAway,
  hearsNothing,
  neverAnswers,
  opensNeverWelcomes,
  opensTooLate,
  refuses,
  refusesConnections,
  refusesWithRetryAfter,
  rejectsTheToken,
  saysBadFrame,
  stops,
} from "./behaviors.ts";
export type { AcceptOptions, AfterWelcome } from "./behaviors.ts";
export {
  accountOfToken,
  FakeCredentials,
  FakeLifecycleAdapter,
  FakeNetworkAdapter,
} from "./fake-adapters.ts";
export type { TokenReply, TokenScript } from "./fake-adapters.ts";
export { FakePlatform } from "./fake-platform.ts";
export type { FakePlatformOptions } from "./fake-platform.ts";
export { FakeSessionControl } from "./fake-session.ts";
export { FakeNetwork, FakeTransport, WELCOME } from "./fake-transport.ts";
export { ClientHarness, clientHarness } from "./harness.ts";
export type { HarnessOptions } from "./harness.ts";
export { LinkedPair, linkedPair } from "./linked-pair.ts";
export type {
  LinkedClient,
  LinkedClientOptions,
  LinkedDurableClient,
  LinkedDurableOptions,
  LinkedPairOptions,
} from "./linked-client.ts";
export { ManualClock } from "./manual-clock.ts";
export type { DialRefusal, LinkedServer } from "./memory-connection.ts";
export { MemoryLink } from "./memory-link.ts";
export type { LinkDirection } from "./memory-link.ts";
export { ScriptedServer } from "./scripted-server.ts";
export type { Behavior, ScriptedDial } from "./scripted-server.ts";
