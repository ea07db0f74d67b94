/**
 * The fold of the connection's models to classes: clocks, counts and lengths become the few cases
 * that the machine can tell apart. It is what makes the models finite, and so what an exploration
 * stands on: each field says why its fold loses nothing.
 */
import {
  CONNECTION_STATES,
  type ConnectionModel,
  type ConnectionPolicy,
  type DeadlineName,
} from "@holdfast/client/machine";

/** How one field of the model is folded. */
export interface FieldFold {
  /** How many classes the field has. */
  readonly classes: number;
  /** Why models of one class behave alike. */
  readonly why: string;
  /** In 0 … classes − 1. */
  classOf(model: ConnectionModel, now: number, policy: ConnectionPolicy): number;
}

/** Fields that the machine tells others and never asks itself, or whose effect is only a length. */
function dropped(why: string): FieldFold {
  return { classes: 1, why, classOf: () => 0 };
}

/** All but the next ping, which no model holds. */
const DEADLINES: readonly DeadlineName[] = [
  "connect",
  "handshake",
  "stable",
  "tokenRenewal",
  "leave",
  "drain",
  "backoff",
  "renewal",
  "offlineRetry",
  "grace",
  "pong",
  "probe",
  "ownPong",
];

const RENEWALS: readonly ConnectionModel["renewal"][] = ["none", "pending", "owed"];

/** A new field of the model does not compile before its fold is thought of. */
export const MODEL_FOLDS: { readonly [Field in keyof ConnectionModel]: FieldFold } = {
  state: {
    classes: CONNECTION_STATES.length,
    why: "kept",
    classOf: ({ state }) => CONNECTION_STATES.indexOf(state),
  },
  reason: dropped("told to others, never asked; the exploration collects it at the edges"),
  since: dropped("told to others, never asked"),
  wanted: { classes: 2, why: "kept", classOf: ({ wanted }) => Number(wanted) },
  constraints: {
    classes: 16,
    why: "kept",
    classOf: ({ constraints: { auth, network, appActive, notFrozen } }) =>
      Number(auth) * 8 + Number(network) * 4 + Number(appActive) * 2 + Number(notFrozen),
  },
  account: {
    classes: 2,
    why: "compared with the account of an event: same, other, or none yet",
    classOf: ({ account }) => Number(account !== 0),
  },
  quality: dropped("decides only how long a ping may take; the walks measure both"),
  sessionId: dropped("compared with the number of an event: same or not"),
  attempt: {
    classes: 2,
    why: "none or some; their number decides only how long to wait, and the walks let it grow",
    classOf: ({ attempt }) => Math.min(attempt, 1),
  },
  outageSince: {
    classes: 2,
    why: "begun or not; its length decides only how long to wait, and the walks let it grow",
    classOf: ({ outageSince }) => Number(outageSince !== undefined),
  },
  lastFailure: {
    classes: 2,
    why: "asked only whether it was a token that failed, and only in a backoff longer than the floor",
    classOf: ({ state, reason, lastFailure }) =>
      Number(
        state === "backoff" && reason !== "dialFloor" && lastFailure?.reason === "tokenUnavailable",
      ),
  },
  lastDialAt: {
    classes: 2,
    why: "asked only whether the floor between dials is over",
    classOf: ({ lastDialAt = -Infinity }, now, { dialFloorMs }) =>
      Number(now < lastDialAt + dialFloorMs),
  },
  serverUntil: {
    classes: 2,
    why: "asked only whether it is over",
    classOf: ({ serverUntil = -Infinity }, now) => Number(now < serverUntil),
  },
  windowMs: dropped("decides only lengths"),
  authRejections: {
    classes: 2,
    why: "asked only whether it is the first",
    classOf: ({ authRejections }) => Math.min(authRejections, 1),
  },
  renewal: { classes: 3, why: "kept", classOf: ({ renewal }) => RENEWALS.indexOf(renewal) },
  tokenOwed: { classes: 2, why: "kept", classOf: ({ tokenOwed }) => Number(tokenOwed) },
  deadlines: {
    classes: 2 ** DEADLINES.length,
    why: "pending or not: each is reached on time and late from each model, whatever its length",
    classOf({ deadlines }) {
      let names = 0;
      for (const name of DEADLINES) names = names * 2 + Number(deadlines[name] !== undefined);
      return names;
    },
  },
  health: {
    classes: 4,
    why: "of what is asked, whether it is the second time and whether bytes may be taken; else lengths",
    classOf({ health, deadlines }) {
      const { pong, probe } = deadlines;
      if (!health || (pong ?? probe) === undefined) return 0;
      const isSecond = probe !== undefined && health.isSecond;
      return 2 * Number(isSecond) + Number(health.bufferedBytes > 0);
    },
  },
};

const FOLDS: readonly FieldFold[] = Object.values(MODEL_FOLDS);

/** The class of a model at an instant: two models of one class answer every event alike. */
export function classOf(model: ConnectionModel, now: number, policy: ConnectionPolicy): number {
  let key = 0;
  for (const fold of FOLDS) key = key * fold.classes + fold.classOf(model, now, policy);
  return key;
}
