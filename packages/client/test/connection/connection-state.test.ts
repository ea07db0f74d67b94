/** The words for where a connection is, and for why. */
import { expect, test } from "vitest";

import type { FailureCause } from "../../src/connection/backoff-policy.ts";
import {
  causeOf,
  CONNECTION_STATES,
  isLive,
  type FailureReason,
} from "../../src/connection/connection-state.ts";

/** Every failure, and whom it concerns; a new one does not compile before it stands here. */
const CAUSES: Readonly<Record<FailureReason, FailureCause>> = {
  pingTimeout: "local",
  probeFailed: "local",
  sendFailed: "local",
  transportClosed: "fleet",
  openFailed: "fleet",
  connectTimeout: "fleet",
  handshakeTimeout: "fleet",
  refused: "fleet",
  goingAway: "fleet",
  tokenUnavailable: "slow",
  protocolViolated: "slow",
  internal: "slow",
};

test.each(Object.entries(CAUSES))("%s concerns: %s", (reason, cause) => {
  expect(causeOf(reason as FailureReason)).toBe(cause);
});

test("a transport lives in three of the seven states", () => {
  const live = CONNECTION_STATES.filter((state) => isLive(state));
  expect(live).toEqual(["connectingTransport", "authenticating", "open"]);
  expect(CONNECTION_STATES).toHaveLength(7);
});
