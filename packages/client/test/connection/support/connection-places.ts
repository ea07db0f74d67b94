/**
 * The places from which the table of `connection-machine.test.ts` starts: a state, and what is
 * special about it. Each is reached by events that could really happen.
 */
import type { ConnectionState } from "../../../src/connection/connection-state.ts";
import { PHONE, rig, type ConnectionRig } from "./connection-rig.ts";

type Place = readonly [state: ConnectionState, guard: string, reach: () => ConnectionRig];

const REJECTED = { type: "refused", action: "reauthenticate", code: "unauthorized" } as const;

const LEAVE_NOW = { type: "goingAway", windowMs: 0 } as const;

function phone(): ConnectionRig {
  return rig({ policy: PHONE });
}

/** An open connection whose peer pongs for as long as it likes. */
function answering(): ConnectionRig {
  const test = rig();
  test.peer = "answering";
  return test.open({ tokenExpiresInMs: 600_000 });
}

function rejectedTwice(): ConnectionRig {
  return rig()
    .dial()
    .say(REJECTED)
    .tell({ type: "tokenRenewed" })
    .untilAlarm("backoff")
    .say(REJECTED);
}

/** On a phone that gives its background less time than a dial takes. */
function hasty(): ConnectionRig {
  return rig({ policy: { background: { graceMs: 5_000 } } });
}

/** Dialling with a token that was renewed after a rejection. */
function renewed(): ConnectionRig {
  return rig().dial().advance(1_000).say(REJECTED).tell("tokenRenewed");
}

function draining(): ConnectionRig {
  const leaving = rig().open().advance(1_000).say({ type: "goingAway", windowMs: 2_000 });
  return leaving.untilAlarm("leave").advance(100);
}

/** Open, with a server that talked for a while, never ponged, and now says nothing at all. */
function deaf(test: ConnectionRig = rig()): ConnectionRig {
  test.peer = "chatty";
  test.open().advance(17_999);
  test.peer = "silent";
  return test;
}

function owing(): ConnectionRig {
  return rig().dial().say(REJECTED).tell({ type: "renewalFailed", detail: "provider" });
}

/** As the table spells it. */
export function placeName([state, guard]: Place): string {
  return guard === "-" ? state : `${state}: ${guard}`;
}

export const PLACES: readonly Place[] = [
  ["stopped", "-", () => rig()],
  ["stopped", "signed out", () => rig({ signedIn: false })],
  ["stopped", "offline", () => rig().network(false)],
  ["stopped", "frozen", () => rig().tell("appFrozen")],
  ["stopped", "phone in background", () => phone().tell("appBackgrounded")],
  ["stopped", "just dialled", () => rig().dial().advance(100).tell("stop")],
  ["stopped", "renewal owed", () => rig().dial().say(REJECTED).tell("stop")],

  ["waitingForConstraints", "signed out", () => rig({ signedIn: false }).dial()],
  ["waitingForConstraints", "logged out", () => rig().open().advance(1_000).logout()],
  ["waitingForConstraints", "offline", () => rig().network(false).dial()],
  [
    "waitingForConstraints",
    "offline, signed out",
    () => rig({ signedIn: false }).dial().network(false),
  ],
  [
    "waitingForConstraints",
    "offline, renewing",
    () => rig().dial().advance(1_000).say(REJECTED).network(false),
  ],
  ["waitingForConstraints", "renewing", () => rig().dial().advance(1_000).say(REJECTED)],
  ["waitingForConstraints", "rejected twice", rejectedTwice],
  [
    "waitingForConstraints",
    "server's delay",
    () =>
      rig()
        .dial()
        .say({ type: "refused", action: "retry", code: "busy", retryAfterMs: 60_000 })
        .network(false),
  ],
  ["waitingForConstraints", "phone, signed out", () => phone().dial().logout()],

  [
    "waitingForConstraints",
    "phone in background, logged out",
    () => phone().dial().logout().tell("appBackgrounded"),
  ],
  [
    "waitingForConstraints",
    "phone in background, offline",
    () => phone().network(false).dial().tell("appBackgrounded"),
  ],
  [
    "waitingForConstraints",
    "phone in background, renewing",
    () => phone().dial().say(REJECTED).tell("appBackgrounded"),
  ],
  ["waitingForConstraints", "renewing, just dialled", () => rig().dial().say(REJECTED)],

  ["connectingTransport", "-", () => rig().dial().advance(1_000)],
  [
    "connectingTransport",
    "against the hint",
    () => rig().network(false).dial().untilAlarm("offlineRetry").advance(1_000),
  ],
  [
    "connectingTransport",
    "rejected once",
    () =>
      rig()
        .dial()
        .say(REJECTED)
        .tell({ type: "tokenRenewed" })
        .untilAlarm("backoff")
        .advance(1_000),
  ],
  ["connectingTransport", "phone", () => phone().dial().advance(1_000)],
  ["connectingTransport", "grace", () => phone().dial().advance(1_000).tell("appBackgrounded")],

  ["connectingTransport", "token owed", () => rig().dial().advance(1_000).login()],
  [
    "connectingTransport",
    "grace, token owed",
    () => phone().dial().advance(1_000).login().tell("appBackgrounded"),
  ],
  ["connectingTransport", "just dialled", () => rig().dial().advance(100)],
  ["connectingTransport", "just dialled, token owed", () => rig().dial().advance(100).login()],
  [
    "connectingTransport",
    "short grace",
    () => hasty().dial().advance(1_000).tell("appBackgrounded"),
  ],
  [
    "connectingTransport",
    "short grace, offline",
    () => hasty().dial().advance(1_000).tell("appBackgrounded").network(false),
  ],

  ["authenticating", "-", () => rig().dial().openSocket().advance(1_000)],
  ["authenticating", "token owed", () => rig().dial().openSocket().advance(1_000).login()],
  [
    "authenticating",
    "third dial",
    () =>
      rig()
        .dial()
        .drop()
        .untilAlarm("backoff")
        .drop()
        .untilAlarm("backoff")
        .openSocket()
        .advance(1_000),
  ],
  [
    "authenticating",
    "rejected once",
    () =>
      rig()
        .dial()
        .say(REJECTED)
        .tell({ type: "tokenRenewed" })
        .untilAlarm("backoff")
        .openSocket()
        .advance(1_000),
  ],
  ["authenticating", "phone", () => phone().dial().openSocket().advance(1_000)],
  [
    "authenticating",
    "grace",
    () => phone().dial().openSocket().advance(1_000).tell("appBackgrounded"),
  ],

  ["authenticating", "offline", () => rig().dial().openSocket().advance(1_000).network(false)],
  ["authenticating", "just dialled", () => rig().dial().openSocket().advance(100)],
  [
    "authenticating",
    "grace, token owed",
    () => phone().dial().openSocket().advance(1_000).login().tell("appBackgrounded"),
  ],
  [
    "authenticating",
    "just dialled, token owed",
    () => rig().dial().openSocket().advance(100).login(),
  ],
  [
    "authenticating",
    "short grace",
    () => hasty().dial().openSocket().advance(1_000).tell("appBackgrounded"),
  ],
  [
    "authenticating",
    "short grace, offline",
    () => hasty().dial().openSocket().advance(1_000).tell("appBackgrounded").network(false),
  ],

  ["open", "-", () => rig().open().advance(1_000)],
  ["open", "just opened", () => rig().open().advance(100)],
  ["open", "stable", () => answering().untilAlarm("stable").advance(100)],
  [
    "open",
    "third dial",
    () =>
      rig()
        .dial()
        .drop()
        .untilAlarm("backoff")
        .drop()
        .untilAlarm("backoff")
        .accept()
        .advance(1_000),
  ],
  ["open", "pinged", () => rig().open().untilAlarm("ping").advance(100)],
  [
    "open",
    "chatty",
    () => {
      const test = rig().open();
      test.peer = "chatty";
      return test;
    },
  ],
  ["open", "probing", () => rig().open().advance(1_000).tell("woke").advance(100)],
  ["open", "offline", () => rig().open().advance(1_000).network(false).advance(100)],
  [
    "open",
    "leaving",
    () => rig().open().advance(1_000).say({ type: "goingAway", windowMs: 2_000 }).advance(100),
  ],
  [
    "open",
    "draining",
    () =>
      rig()
        .open()
        .advance(1_000)
        .say({ type: "goingAway", windowMs: 2_000 })
        .untilAlarm("leave")
        .advance(100),
  ],
  ["open", "quiet", () => rig().open().advance(1_000).tell("appBackgrounded")],
  ["open", "phone", () => phone().open().advance(1_000)],
  [
    "open",
    "grace",
    () => {
      const test = phone().open();
      test.peer = "answering";
      return test.advance(1_000).tell("appBackgrounded");
    },
  ],

  ["open", "sending", () => rig().open().advance(1_000).inbound({ bufferedBytes: 300_000 })],
  ["open", "rejected once", () => renewed().accept().advance(1_000)],
  ["open", "offline, draining", () => draining().network(false)],
  ["open", "draining, just dialled", () => rig().open().say(LEAVE_NOW).advance(0)],

  ["open", "deaf", deaf],
  ["open", "offline, deaf", () => deaf().advance(4_001).network(false)],
  ["open", "grace, silent", () => phone().open().advance(1_000).tell("appBackgrounded")],
  ["open", "grace, probing", () => phone().open().advance(1_000).tell("appBackgrounded", "woke")],
  ["open", "grace, deaf", () => deaf(phone()).advance(1).tell("appBackgrounded")],
  [
    "open",
    "grace, draining",
    () => phone().open().advance(1_000).say(LEAVE_NOW).advance(0).tell("appBackgrounded"),
  ],
  [
    "open",
    "short grace, offline",
    () => hasty().open().advance(1_000).tell("appBackgrounded").advance(4_000).network(false),
  ],

  ["backoff", "-", () => rig().dial().advance(1_000).drop().advance(100)],
  ["backoff", "phone", () => phone().dial().advance(1_000).drop().advance(100)],
  ["backoff", "dial floor", () => rig().dial().advance(100).login(2).advance(50)],
  [
    "backoff",
    "no token",
    () => rig().dial().advance(1_000).say({ type: "tokenFailed", detail: "provider" }).advance(100),
  ],
  [
    "backoff",
    "server's delay",
    () =>
      rig()
        .dial()
        .say({ type: "refused", action: "retry", code: "busy", retryAfterMs: 60_000 })
        .advance(1_000),
  ],
  ["backoff", "renewal owed", owing],

  [
    "backgroundSuspended",
    "phone",
    () => phone().open().advance(1_000).tell("appBackgrounded", "appBackgrounded").drop(),
  ],
  [
    "backgroundSuspended",
    "frozen, just dialled",
    () => rig().dial().advance(100).tell("appFrozen"),
  ],
  ["backgroundSuspended", "frozen", () => rig().open().advance(1_000).tell("appFrozen")],
  [
    "backgroundSuspended",
    "frozen phone",
    () => phone().open().advance(1_000).tell("appBackgrounded", "appFrozen"),
  ],
];
