/**
 * One run: the plan happens to a world, with checkers at every step; then everything heals, and all
 * must come to rest within a stated bound; then everything ends, and nothing may be left.
 */
import type { Cancel, Millis } from "@holdfast/client";
import { replay } from "@holdfast/client/machine";
import { exportTrace } from "@holdfast/client/trace";

import { LISTS } from "./app-contract.ts";
import { Dice } from "./dice.ts";
import { FAULTS } from "./faults.ts";
import { brokenRest, OPEN_WITHIN_MS, REST_WITHIN_MS, unrest } from "./rest.ts";
import type { Violation } from "./journal.ts";
import type { Act, FaultStroke, RunPlan } from "./run-plan.ts";
import type { Tab } from "./device.ts";
import { World } from "./world.ts";

/** What came of a run. */
export interface RunResult {
  readonly plan: RunPlan;
  readonly events: number;
  /** The same for the same plan, whenever it runs. */
  readonly hash: string;
  readonly transactions: number;
  readonly commits: number;
  readonly reasons: ReadonlyMap<string, number>;
  readonly faults: ReadonlyMap<string, number>;
  /** How long after the healing all was at rest. */
  readonly restMs: Millis;
  /** The first property that did not hold; undefined: all did. */
  readonly violation: Violation | undefined;
  readonly world: World;
}

/** Runs a plan to its end, or to the first violation: whatever is thrown is one. */
export async function simulate(plan: RunPlan): Promise<RunResult> {
  return new Simulation(plan).run();
}

class Simulation {
  readonly #plan: RunPlan;
  readonly #dice: Dice;
  readonly #world: World;
  readonly #ends = new Map<number, () => void>();
  readonly #alarms: Cancel[] = [];
  #restMs = 0;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#dice = new Dice(plan.seed).fork(4);
    this.#world = new World(this.#dice.fork(0), plan.layout);
  }

  async run(): Promise<RunResult> {
    const { journal } = this.#world;
    await this.#happen().catch((error: unknown) => {
      const told = error instanceof Error ? error.stack : undefined;
      journal.broke("it breaks", told ?? String(error));
    });
    const { wishes } = this.#world.ledger;
    return {
      plan: this.#plan,
      events: journal.events,
      hash: journal.hash,
      transactions: wishes.length,
      commits: wishes.filter(({ epochs }) => epochs.size > 0).length,
      reasons: journal.reasons,
      faults: journal.faults,
      restMs: this.#restMs,
      violation: journal.violation,
      world: this.#world,
    };
  }

  async #happen(): Promise<void> {
    const { journal, clock, devices } = this.#world;
    for (const device of devices) device.start();
    this.#schedule();
    await this.#pass(this.#plan.lastsMs, () => false);
    if (!journal.violation) await this.#heal();
    if (!journal.violation) await this.#end();
    await clock.settle();
  }

  #schedule(): void {
    const { clock } = this.#world;
    const startAt = clock.now();
    const plan = (at: Millis, act: () => void): void =>
      void this.#alarms.push(clock.at(startAt + at, act));
    for (const act of this.#plan.acts) plan(act.at, () => this.#act(act));
    for (const stroke of this.#plan.strokes) {
      plan(stroke.at, () => this.#begin(stroke));
      plan(stroke.at + stroke.lastsMs, () => this.#endFault(stroke.id));
    }
  }

  #begin({ id, fault, device: index }: FaultStroke): void {
    const world = this.#world;
    const device = world.devices[index];
    if (!device) return;
    const { journal } = world;
    journal.note("fault", `${fault} at ${device.name} (#${id})`);
    journal.count(journal.faults, fault);
    const end = FAULTS[fault]?.begin({ world, device, dice: this.#dice.fork(10_000 + id) });
    this.#ends.set(id, () => {
      if (end) journal.note("fault", `${fault} ends (#${id})`);
      end?.();
    });
  }

  #endFault(id: number): void {
    const end = this.#ends.get(id);
    this.#ends.delete(id);
    end?.();
  }

  #act({ id, kind, device: index }: Act): void {
    const world = this.#world;
    const dice = this.#dice.fork(20_000 + id);
    if (kind === "write") return world.write(dice.pick(LISTS), -1 - id);
    // All in one push.
    if (kind === "writeMany") {
      const list = dice.pick(LISTS);
      for (let n = dice.whole(2, 9); n > 0; n--) world.write(list, -1 - id);
      return;
    }
    const tab = this.#whoActs(index, dice);
    if (!tab) return;
    const { process, user } = tab;
    world.journal.happened(process.name, kind);
    if (kind === "add") user.add(dice);
    else if (kind === "cancel") void user.cancel(dice);
    else if (kind === "call") void user.call(dice, id, world.bumps);
    else if (kind === "open") user.open(dice.pick(LISTS));
    else if (kind === "close") user.close(dice.pick(LISTS));
    else process.client.connectNow();
  }

  /** Somebody at the device; where nobody can, somebody elsewhere. */
  #whoActs(index: number, dice: Dice): Tab | undefined {
    const { devices, tabs } = this.#world;
    const canAct = ({ process: { isAwake, credentials } }: Tab): boolean =>
      isAwake && credentials.identity.current !== null;
    const here = devices[index]?.tabs.filter(canAct) ?? [];
    const able = here.length > 0 ? here : tabs.filter(canAct);
    return able.length > 0 ? dice.pick(able) : undefined;
  }

  /** Nothing is wrong any more; liveness must follow. */
  async #heal(): Promise<void> {
    const world = this.#world;
    const { journal, clock } = world;
    journal.note("world", "heals");
    for (const cancel of this.#alarms) cancel();
    for (const id of this.#ends.keys()) this.#endFault(id);
    world.startServer(true);
    for (const device of world.devices) {
      device.link.acceptDials();
      device.link.heal();
      if (device.tabs.length === 0) device.start();
      for (const { process } of device.tabs) {
        process.store.death = undefined;
        process.client.start();
      }
    }
    const healedAt = clock.now();
    const areOpen = (): boolean => {
      const states = world.tabs.map(({ process: { client } }) => {
        const { state } = client.connection.current;
        // A server's word may still be on its way; users ask again.
        if (state === "stopped") client.start();
        return state;
      });
      return states.every((state) => state === "open");
    };
    await this.#pass(OPEN_WITHIN_MS, areOpen);
    if (!areOpen()) {
      const late = world.tabs.map(({ process }) => {
        const { state, reason, blockedBy } = process.client.connection.current;
        return `${process.name} ${state} (${reason}) ${blockedBy.join(" ")}`;
      });
      return journal.broke("who may connect is connected in time", late.join(", "));
    }
    for (;;) {
      await this.#pass(REST_WITHIN_MS, () => areOpen() && unrest(world) === undefined);
      this.#restMs = clock.now() - healedAt;
      const restless = unrest(world);
      if (restless) return journal.broke("all comes to rest in time", restless);
      const { committed } = world.ledger;
      const broken = await brokenRest(world);
      if (!broken) return;
      // The last word of a tab that is gone may have come to the server meanwhile.
      if (world.ledger.committed === committed) return journal.broke(...broken);
    }
  }

  /** Everything is closed as it should be; nothing may be left. */
  async #end(): Promise<void> {
    const world = this.#world;
    const { journal, clock } = world;
    for (const { user, process } of world.tabs) {
      user.leave();
      await clock.finish(process.close());
    }
    const tabs = world.devices.flatMap(({ closed }) => closed);
    for (const { process } of tabs) await clock.finish(process.client.closed);
    await clock.finish(world.close());
    // What is still on its way belongs to processes that are gone.
    for (const { link } of world.devices) link.drop();
    await clock.settle();
    if (clock.pending > 0) journal.broke("nothing is left", `${clock.pending} alarms`);
    for (const { process, user } of tabs) {
      const { lifecycle, network, credentials, name, sockets } = process;
      const listeners =
        lifecycle.listenerCount + network.listenerCount + credentials.identity.subscriberCount;
      if (listeners + sockets + process.clock.pending > 0)
        journal.broke("nothing is left", `${listeners} listeners, ${sockets} sockets of ${name}`);
      if (process.store.opened > 0) journal.broke("nothing is left", `an open store of ${name}`);
      if (user.owed.size > 0 || user.openCalls > 0)
        journal.broke("every promise settles", `${user.owed.size} results of ${name}`);
    }
    this.#replay(tabs);
    for (const { link, name } of world.devices) {
      if (link.connections > 0) journal.broke("nothing is left", `sockets of ${name}`);
    }
  }

  /** It takes its time: now and then, and for one. */
  #replay(tabs: readonly Tab[]): void {
    const dice = this.#dice.fork(1);
    if (tabs.length === 0 || !dice.chance(0.3)) return;
    const { difference } = replay(exportTrace(dice.pick(tabs).process.client));
    if (difference) this.#world.journal.broke("a trace leads to the same models", difference.what);
  }

  /** Lets time pass, and looks after every step whether all still holds. */
  async #pass(ms: Millis, isEnough: () => boolean): Promise<void> {
    const world = this.#world;
    const { clock, journal } = world;
    let isOver = false;
    const cancel = clock.at(clock.now() + ms, () => void (isOver = true));
    const check = (): boolean => {
      const broken = world.brokenServer();
      if (broken) journal.broke("a client object has one live socket", broken);
      return isOver || journal.violation !== undefined || isEnough();
    };
    await clock.runUntil(check, ms);
    cancel();
  }
}
