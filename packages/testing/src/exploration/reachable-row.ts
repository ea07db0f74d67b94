/**
 * The rows of the machine: from each state, with each event, to which states and with which effects
 * it can lead, and what the models have in common that take this way and no other. Collected while
 * exploring; the diagram and the tables of the tests are compared with them.
 */
import type {
  ConnectionModel,
  ConnectionPolicy,
  ConnectionReason,
  ConnectionState,
  Step,
} from "@holdfast/client/machine";

import type { PossibleEvent } from "./possible-event.ts";

/** A line of the table of transitions. */
export interface Row {
  readonly from: ConnectionState;
  /** The event's type; for alarms with the deadline's name: `alarm ping`. */
  readonly event: string;
  /** What these steps have in common and the others from this state with this event have not. */
  readonly guard: string;
  readonly to: ConnectionState;
  /** The types of the effects in their order, `-` for none, `stale` where the event was dropped. */
  readonly effects: string;
  /** The reasons of the models it leads to; empty where it stays. */
  readonly reasons: readonly ConnectionReason[];
  /** How many steps of the exploration went this way. */
  readonly steps: number;
}

/** A question whose answers tell steps of one state and event apart. */
interface Feature {
  readonly answers: readonly string[];
  readonly ask: (model: ConnectionModel, now: number, policy: ConnectionPolicy) => number;
}

const FEATURES: readonly Feature[] = [
  {
    answers: ["no credentials", "credentials"],
    ask: ({ constraints }) => Number(constraints.auth),
  },
  { answers: ["offline", "online"], ask: ({ constraints }) => Number(constraints.network) },
  { answers: ["frozen", "not frozen"], ask: ({ constraints }) => Number(constraints.notFrozen) },
  {
    answers: ["inactive app blocks", "inactive app", "active app"],
    ask: ({ constraints, deadlines: { grace } }, _, { background }) =>
      constraints.appActive ? 2 : Number(background === "keep" || grace !== undefined),
  },
  {
    answers: ["kept in the background", "suspended in the background"],
    ask: (_model, _now, { background }) => Number(background !== "keep"),
  },
  {
    answers: ["floor over", "floor not over"],
    ask: ({ lastDialAt = -Infinity }, now, { dialFloorMs }) =>
      Number(now < lastDialAt + dialFloorMs),
  },
  {
    answers: ["no server delay", "server delay"],
    ask: ({ serverUntil = -Infinity }, now) => Number(now < serverUntil),
  },
  {
    answers: ["first rejection", "rejected before"],
    ask: ({ authRejections }) => Math.min(authRejections, 1),
  },
  {
    answers: ["no renewal", "renewal pending", "renewal owed"],
    ask: ({ renewal }) => (renewal === "none" ? 0 : renewal === "pending" ? 1 : 2),
  },
  { answers: ["", "token owed"], ask: ({ tokenOwed }) => Number(tokenOwed) },
  {
    answers: ["", "leaving", "draining"],
    ask: ({ deadlines: { leave, drain } }) =>
      drain !== undefined ? 2 : Number(leave !== undefined),
  },
  {
    answers: ["nothing asked", "ping pending", "probe pending", "second probe pending"],
    ask({ health, deadlines: { pong, probe } }) {
      if (probe !== undefined) return health?.isSecond ? 3 : 2;
      return Number(pong !== undefined);
    },
  },
  {
    answers: ["", "token was unavailable"],
    ask: ({ lastFailure }) => Number(lastFailure?.reason === "tokenUnavailable"),
  },
];

/** One bit for each answer of each feature. */
const FIRST_BITS: readonly number[] = FEATURES.map((_, index) =>
  FEATURES.slice(0, index).reduce((bits, { answers }) => bits + answers.length, 0),
);

interface Group {
  readonly from: ConnectionState;
  readonly event: string;
  readonly to: ConnectionState;
  readonly effects: string;
  readonly variants: Set<string>;
  readonly reasons: Set<ConnectionReason>;
  bits: number;
  steps: number;
}

/** Groups the steps of an exploration as they come. */
export class RowCollector {
  readonly #groups = new Map<string, Group>();
  #from: ConnectionState = "stopped";
  #bits = 0;
  #last: Group | undefined;

  /** The steps that follow start from this model. */
  enter(model: ConnectionModel, now: number, policy: ConnectionPolicy): void {
    this.#from = model.state;
    this.#bits = FEATURES.reduce(
      (bits, { ask }, index) => bits | (1 << ((FIRST_BITS[index] ?? 0) + ask(model, now, policy))),
      0,
    );
  }

  add({ name, variant }: PossibleEvent, step: Step): void {
    const group = this.#groupOf(name, step);
    group.variants.add(variant);
    group.bits |= this.#bits;
    group.steps += 1;
    const { model, effects } = step;
    if (group.to !== group.from || effects.length > 0) group.reasons.add(model.reason);
  }

  /** Mostly the same as the last one: an event's variants come together. */
  #groupOf(name: string, { model, effects, stale }: Step): Group {
    const from = this.#from;
    const to = model.state;
    const done = stale ? "stale" : effects.map(({ type }) => type).join(" ") || "-";
    const last = this.#last;
    if (last?.from === from && last.event === name && last.to === to && last.effects === done)
      return last;
    const key = `${from} ${name} ${to} ${done}`;
    let group = this.#groups.get(key);
    if (!group) {
      const seen = {
        variants: new Set<string>(),
        reasons: new Set<ConnectionReason>(),
        bits: 0,
        steps: 0,
      };
      group = { from, event: name, to, effects: done, ...seen };
      this.#groups.set(key, group);
    }
    this.#last = group;
    return group;
  }

  /** One row for each way that the steps took, in the order in which the ways were found. */
  rows(): Row[] {
    const groups = [...this.#groups.values()];
    return groups.map((group) => {
      const siblings = groups.filter(
        ({ from, event }) => from === group.from && event === group.event,
      );
      const { from, event, to, effects, steps } = group;
      const guard = guardOf(group, siblings);
      return { from, event, guard, to, effects, reasons: [...group.reasons], steps };
    });
  }
}

/** The variants and the answers that this way has, where others have more. */
function guardOf(group: Group, siblings: readonly Group[]): string {
  const variants = new Set(siblings.flatMap((sibling) => [...sibling.variants]));
  const words = group.variants.size < variants.size ? [[...group.variants].join(" | ")] : [];
  const all = siblings.reduce((bits, sibling) => bits | sibling.bits, 0);
  for (const [index, { answers }] of FEATURES.entries()) {
    const given = (bits: number): string[] =>
      answers.filter((_, answer) => (bits >> ((FIRST_BITS[index] ?? 0) + answer)) & 1);
    const own = given(group.bits);
    if (own.length < given(all).length) words.push(own.join(" | "));
  }
  return words.filter((word) => word !== "").join("; ");
}
