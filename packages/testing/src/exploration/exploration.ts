/**
 * Walks through every model that the connection machine can reach, breadth-first, with everything
 * that can happen in each, and asks of each step whether the invariants hold. What it does not find
 * cannot happen, up to the classes of `model-class.ts`.
 */
import {
  nextDeadline,
  stoppedModel,
  type ConnectionModel,
  type ConnectionPolicy,
  type ConnectionReason,
  type InitialFacts,
  type Step,
  type transition,
} from "@holdfast/client/machine";

import { classOf } from "./model-class.ts";
import { possibleEvents, type PossibleEvent } from "./possible-event.ts";
import { RowCollector, type Row } from "./reachable-row.ts";
import { brokenStep } from "./step-invariants.ts";

/** The machine, or one with a fault planted in it. */
export type Transition = typeof transition;

/** A model of a new class, and how it was come by. */
export interface Visit {
  readonly model: ConnectionModel;
  readonly now: number;
  /** The event that led here; undefined at a root and where only time passed. */
  readonly by: PossibleEvent | undefined;
  readonly from: Visit | undefined;
}

/** What broke, and the shortest way to it. */
export interface Finding {
  readonly invariant: string;
  readonly path: readonly string[];
}

/** All that was found reachable. */
export interface Exploration {
  readonly visits: readonly Visit[];
  /** How many steps were made: every visit with every event. */
  readonly steps: number;
  /** How many differ in where they start, what happens, where they lead. */
  readonly edges: number;
  readonly rows: readonly Row[];
  readonly reasons: ReadonlySet<ConnectionReason>;
  /** The first invariant that broke; the exploration ends there. */
  readonly finding: Finding | undefined;
}

/** What is explored, and how far. */
export interface ExplorationOptions {
  readonly transition: Transition;
  readonly policy: ConnectionPolicy;
  /** Collects the rows of several explorations; by default those of this one. */
  readonly rows?: RowCollector;
}

const START_AT = 1_000_000;

/** The adapters know nothing yet, or everything is well. */
const ROOTS: readonly InitialFacts[] = [
  {
    account: 0,
    quality: "good",
    constraints: { auth: false, network: true, appActive: true, notFrozen: true },
  },
  {
    account: 1,
    quality: "good",
    constraints: { auth: true, network: true, appActive: true, notFrozen: true },
  },
];

/** Explores until every class was visited, or an invariant breaks. */
export function explore(options: ExplorationOptions): Exploration {
  return new Explorer(options).run();
}

class Explorer {
  readonly #options: ExplorationOptions;
  readonly #visits: Visit[] = [];
  readonly #overdue: Visit[] = [];
  readonly #seen = new Set<number>();
  readonly #rows: RowCollector;
  readonly #reasons = new Set<ConnectionReason>();
  #steps = 0;
  #edges = 0;
  #finding: Finding | undefined;

  constructor(options: ExplorationOptions) {
    this.#options = options;
    this.#rows = options.rows ?? new RowCollector();
  }

  run(): Exploration {
    const { policy } = this.#options;
    for (const facts of ROOTS) {
      this.#reach({
        model: stoppedModel(facts, START_AT, policy),
        now: START_AT,
        by: undefined,
        from: undefined,
      });
    }
    for (let done = 0; !this.#finding && this.#hasMore(done); done += 1) {
      const visit = this.#visits[done];
      if (!visit) continue;
      this.#letTimePass(visit);
      this.#letAllHappen(visit);
    }
    return {
      visits: this.#visits,
      steps: this.#steps,
      edges: this.#edges,
      rows: this.#rows.rows(),
      reasons: this.#reasons,
      finding: this.#finding,
    };
  }

  /** Until the floor or the server's time is over: nothing else asks the clock. */
  #letTimePass(visit: Visit): void {
    const { model, now } = visit;
    const floorAt = (model.lastDialAt ?? now) + this.#options.policy.dialFloorMs;
    for (const moment of [floorAt, model.serverUntil ?? now]) {
      if (moment > now) this.#reach({ model, now: moment, by: undefined, from: visit });
    }
  }

  #letAllHappen(visit: Visit): void {
    const { policy } = this.#options;
    const { model, now } = visit;
    const targets = new Set<number>();
    this.#rows.enter(model, now, policy);
    let name = "";
    let edges = 0;
    for (const by of possibleEvents(model, now, policy)) {
      this.#steps += 1;
      const step = this.#try(visit, by);
      if (!step) return;
      this.#rows.add(by, step);
      if (by.name !== name) {
        edges += targets.size;
        targets.clear();
        name = by.name;
      }
      if (step.stale) continue;
      this.#reasons.add(step.model.reason);
      targets.add(this.#reach({ model: step.model, now: by.stamp.now, by, from: visit }));
    }
    this.#edges += edges + targets.size;
  }

  /** The step, if it keeps the invariants. */
  #try(visit: Visit, by: PossibleEvent): Step | undefined {
    const { transition, policy } = this.#options;
    let invariant: string | undefined;
    try {
      const step = transition(visit.model, by.event, by.stamp, policy);
      invariant = brokenStep(visit.model, by.event, by.stamp, step, policy);
      if (invariant === undefined) return step;
    } catch (error) {
      invariant = `no event makes the machine throw or change a model that it was given: ${String(error)}`;
    }
    this.#finding = { invariant, path: [...pathTo(visit), wordsOf(by)] };
    return undefined;
  }

  /** The array of visits grows while it is walked: that is the breadth-first order. */
  #hasMore(done: number): boolean {
    while (done === this.#visits.length) {
      const visit = this.#overdue.pop();
      if (!visit) return false;
      this.#admit(visit);
    }
    return true;
  }

  /**
   * A model whose alarms were reached in time stands for its class: from it each alarm can still
   * come in time or late. One that has overdue alarms waits until all others are visited.
   */
  #reach(visit: Visit): number {
    const { model, now } = visit;
    const { policy } = this.#options;
    const key = classOf(model, now, policy);
    if (this.#seen.has(key)) return key;
    if ((nextDeadline(model, policy)?.at ?? now) < now) this.#overdue.push(visit);
    else this.#admit(visit);
    return key;
  }

  #admit(visit: Visit): void {
    const key = classOf(visit.model, visit.now, this.#options.policy);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#visits.push(visit);
    freeze(visit.model);
  }
}

/** A machine that changes what it was given throws. */
function freeze(value: object): void {
  Object.freeze(value);
  for (const part of Object.values(value))
    if (typeof part === "object" && part !== null) freeze(part);
}

/** How a visit was come by, as a story. */
export function pathTo(visit: Visit): string[] {
  const path: string[] = [];
  for (let at: Visit | undefined = visit; at?.from; at = at.from) {
    path.push(at.by ? wordsOf(at.by) : "time passes");
  }
  return path.reverse();
}

function wordsOf({ name, variant, stamp }: PossibleEvent): string {
  return `${variant ? `${name} (${variant})` : name} at ${stamp.now - START_AT}`;
}
