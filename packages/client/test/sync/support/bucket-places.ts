/**
 * Every kind of place that a bucket can be in, each reached by real events, and all that can happen
 * there.
 */
import type { BucketEffect, BucketEvent, BucketTraits } from "../../../src/sync/bucket-event.ts";
import { closedModel, isOwing, nextDeadline, phaseOf } from "../../../src/sync/bucket-model.ts";
import type { BucketModel } from "../../../src/sync/bucket-model.ts";
import { step } from "../../../src/sync/bucket.ts";
import { SyncError } from "../../../src/sync/sync-error.ts";
import { DEFAULT_SYNC_POLICY } from "../../../src/sync/sync-policy.ts";
import type { SyncPolicy } from "../../../src/sync/sync-policy.ts";

export const BUCKET = "room:1";
const E = "e1";

/** What happens, without the numbers that only the place knows. */
export type Happening = BucketEvent extends infer Event
  ? Event extends { readonly workId: number }
    ? Omit<Event, "workId">
    : Event
  : never;

/** What ends a work. */
const ENDS: ReadonlySet<string> = new Set([
  "cursorRead",
  "committed",
  "fetched",
  "snapshotTaken",
  "failed",
]);

/** A run of updates that are named after their numbers. */
export function run(after: number, upTo: number, epoch: string = E) {
  const updates = Array.from({ length: upTo - after }, (_, index) => {
    const seq = after + 1 + index;
    return { seq, at: 0, data: `u${seq}`, ...(seq % 5 === 0 && { key: `k${seq}` }) };
  });
  return { bucket: BUCKET, epoch, after, upTo, updates };
}

export const page = (after: number, upTo: number, head: number, epoch: string = E) =>
  ({ type: "page", ...run(after, upTo, epoch), head }) as const;

export const cursor = (seq: number, epoch: string = E) => ({ epoch, seq });
const head = (seq: number, epoch: string = E) => ({ bucket: BUCKET, epoch, head: seq });
export const farBehind = (oldest: number, seq: number, epoch: string = E) =>
  ({ type: "tooFarBehind", ...head(seq, epoch), oldest }) as const;

const STORED = (): void => undefined;
export const snapshot = (seq: number, epoch: string = E) => ({
  cursor: cursor(seq, epoch),
  commit: STORED,
});

/** One bucket, and what it wanted done at last. */
export class BucketRig {
  model: BucketModel = closedModel(BUCKET);
  effects: readonly BucketEffect[] = [];
  now = 1_000;
  random = 0;
  readonly policy: SyncPolicy;

  constructor(policy: Partial<SyncPolicy> = {}) {
    this.policy = { ...DEFAULT_SYNC_POLICY, ...policy };
  }

  tell(...happenings: readonly Happening[]): this {
    for (const happening of happenings) {
      const isEnd = ENDS.has(happening.type) && !("workId" in happening);
      const event = { ...happening, ...(isEnd && { workId: this.model.workId }) } as BucketEvent;
      const { now, random, policy } = this;
      ({ model: this.model, effects: this.effects } = step(
        this.model,
        event,
        { now, random },
        policy,
      ));
    }
    return this;
  }

  /** The next alarm rings, at its time. */
  alarm(): this {
    this.now = nextDeadline(this.model) ?? this.now;
    return this.tell({ type: "alarm" });
  }

  /** In one line. */
  get line(): string {
    const { model } = this;
    const { work, turn, retryDeadline, gapDeadline, held, link } = model;
    const words = [
      phaseOf(model),
      model.cursor ? `${model.cursor.epoch}:${model.cursor.seq}` : "-",
      link,
      work && `doing ${work.type}`,
      turn !== "none" && `turn ${turn}`,
      model.isPaused && "paused",
      model.isHurried && "hurried",
      model.reason,
      held.length > 0 &&
        `holds ${held.map(({ run: { after, upTo } }) => `${after}-${upTo}`).join()}`,
      gapDeadline !== undefined && `gap in ${gapDeadline - this.now}`,
      retryDeadline !== undefined && `retry in ${retryDeadline - this.now}`,
      model.error && `error ${model.error.kind}`,
    ];
    const effects = this.effects.map((effect) => told(effect)).join(", ");
    return `${words.filter(Boolean).join(" ")} | ${effects}`;
  }

  /** The same with what is not seen at once. */
  get wholeLine(): string {
    const { pushedTo } = this.model;
    const pushed = pushedTo ? `, pushed to ${pushedTo.epoch}:${pushedTo.seq}` : "";
    return `${this.line.trimEnd()}${pushed}${isOwing(this.model) ? ", owes" : ""}`;
  }
}

function told(effect: BucketEffect): string {
  const at = (it: { epoch: string; seq: number } | undefined): string =>
    it ? `${it.epoch}:${it.seq}` : "-";
  switch (effect.type) {
    case "apply": {
      const { from, to, updates, isLive } = effect.batch;
      return `apply ${at(from)}>${at(to)} (${updates.length}${isLive ? " live" : ""})`;
    }
    case "fetch":
      return `fetch after ${at(effect.from)}`;
    case "snapshot":
      return `snapshot for ${effect.reason}`;
    case "commit":
      return `commit ${at(effect.from)}>${at(effect.snapshot.cursor)}`;
    case "subscribe":
      return `subscribe at ${at(effect.position)}`;
    case "tell":
      return `tell ${at(effect.cursor)}`;
    default:
      return effect.type;
  }
}

const TRAITS: BucketTraits = { from: "start", canSnapshot: true, isStored: true };
const failed = (kind: "applyFailed" | "fetchFailed"): Happening => ({
  type: "failed",
  error: new SyncError(kind, {}),
});
const read = (seq?: number): Happening => ({
  type: "cursorRead",
  cursor: seq === undefined ? undefined : cursor(seq),
});

const open: readonly Happening[] = [{ type: "opened", traits: TRAITS }];
const waiting: readonly Happening[] = [...open, read(5)];
const asked: readonly Happening[] = [...waiting, { type: "attached" }];
const live: readonly Happening[] = [...asked, { type: "subscribed", head: head(5) }];
const hinted: readonly Happening[] = [...live, { type: "hinted", head: head(9) }];
const fetching: readonly Happening[] = [...hinted, { type: "granted" }];
const farBack: readonly Happening[] = [
  ...asked,
  { type: "subscribed", head: head(99) },
  { type: "fellBehind", answer: farBehind(50, 99) },
];
const snapshotting: readonly Happening[] = [...farBack, { type: "granted" }];
const applying: readonly Happening[] = [...live, { type: "pushed", run: run(5, 6) }];

/** Each by the events that lead there. */
export const PLACES: Readonly<Record<string, readonly Happening[]>> = {
  closed: [],
  loading: open,
  waiting,
  asked,
  "asked without a cursor": [...open, read(), { type: "attached" }],
  live,
  "awaiting its first page": [...asked, { type: "subscribed", head: head(8) }],
  "seeing a gap": [...live, { type: "pushed", run: run(7, 8) }],
  applying,
  "applying while more comes": [...applying, { type: "pushed", run: run(6, 7) }],
  "applying a page": [
    ...asked,
    { type: "subscribed", head: head(8) },
    { type: "paged", page: page(5, 8, 8) },
  ],
  "applying a part of what is missing": [...fetching, { type: "fetched", answer: page(5, 7, 9) }],
  queued: hinted,
  fetching,
  "fetching while pushes wait": [
    ...open,
    read(),
    { type: "attached" },
    { type: "subscribed", head: head(5) },
    { type: "granted" },
    { type: "pushed", run: run(5, 6) },
  ],
  "failed to fetch": [...fetching, failed("fetchFailed")],
  "failed to apply": [...applying, failed("applyFailed")],
  "far behind": farBack,
  snapshotting,
  committing: [...snapshotting, { type: "snapshotTaken", snapshot: snapshot(99) }],
  "in another epoch": [...asked, { type: "subscribed", head: head(3, "e2") }],
  "stopped far behind": [
    { type: "opened", traits: { ...TRAITS, canSnapshot: false } },
    read(5),
    { type: "attached" },
    { type: "subscribed", head: head(9) },
    { type: "fellBehind", answer: farBehind(8, 9) },
  ],
  refused: [
    ...live,
    { type: "unsubscribed", error: new SyncError("unsubscribed", { code: "revoked" }) },
  ],
  draining: [...applying, { type: "closed" }],
};

/** Each with the name that the table knows it by. */
export const HAPPENINGS: Readonly<Record<string, Happening>> = {
  opened: { type: "opened", traits: TRAITS },
  closed: { type: "closed" },
  attached: { type: "attached" },
  detached: { type: "detached" },
  "subscribed at 5": { type: "subscribed", head: head(5) },
  "subscribed at 3": { type: "subscribed", head: head(3) },
  "subscribed at 12": { type: "subscribed", head: head(12) },
  "subscribed in e3": { type: "subscribed", head: head(2, "e3") },
  unsubscribed: { type: "unsubscribed", error: new SyncError("unsubscribed", { code: "gone" }) },
  "paged 5-9 of 9": { type: "paged", page: page(5, 9, 9) },
  "paged 5-7 of 9": { type: "paged", page: page(5, 7, 9) },
  "fell behind": { type: "fellBehind", answer: farBehind(20, 30) },
  "hinted at 9": { type: "hinted", head: head(9) },
  "hinted in e3": { type: "hinted", head: head(4, "e3") },
  "pushed 5-6": { type: "pushed", run: run(5, 6) },
  "pushed 4-5": { type: "pushed", run: run(4, 5) },
  "pushed 9-10": { type: "pushed", run: run(9, 10) },
  granted: { type: "granted" },
  alarm: { type: "alarm" },
  "cursor read: 7": read(7),
  "cursor read: none": read(),
  committed: { type: "committed", outcome: undefined },
  "moved to 7": { type: "committed", outcome: { moved: cursor(7) } },
  "moved to 2": { type: "committed", outcome: { moved: cursor(2) } },
  "moved to none": { type: "committed", outcome: { moved: undefined } },
  "fetched 5-9 of 9": { type: "fetched", answer: page(5, 9, 9) },
  "fetched 5-7 of 9": { type: "fetched", answer: page(5, 7, 9) },
  "fetched nothing of 9": { type: "fetched", answer: page(5, 5, 9) },
  "fetched: too far behind": { type: "fetched", answer: farBehind(20, 30) },
  "fetched: ahead of 4": { type: "fetched", answer: farBehind(1, 4) },
  "fetched: in e2": { type: "fetched", answer: farBehind(1, 7, "e2") },
  "snapshot at 99": { type: "snapshotTaken", snapshot: snapshot(99) },
  "snapshot at 4": { type: "snapshotTaken", snapshot: snapshot(4) },
  "failed to apply": failed("applyFailed"),
  "failed to fetch": failed("fetchFailed"),
  "failed for 90 s": {
    type: "failed",
    error: new SyncError("fetchFailed", {}),
    retryAfterMs: 90_000,
  },
};

/** What a place can meet: the end of a work only where that work runs. */
export function canMeet(place: string, happening: Happening): boolean {
  const { type } = happening;
  const { work } = new BucketRig().tell(...(PLACES[place] ?? [])).model;
  const isFetching = work?.type === "fetch" || work?.type === "snapshot";
  switch (type) {
    case "cursorRead":
      return work?.type === "read";
    case "committed":
      return work?.type === "apply" || work?.type === "commit" || work?.type === "drain";
    case "fetched":
      return work?.type === "fetch";
    case "snapshotTaken":
      return work?.type === "snapshot";
    case "failed":
      return (happening.error.kind === "fetchFailed") === isFetching && work !== undefined;
    default:
      return true;
  }
}

/** What becomes of a place when something happens there. */
export function row(place: string, name: string): string {
  const rig = new BucketRig().tell(...(PLACES[place] ?? []));
  const happening = HAPPENINGS[name];
  if (!happening) throw new Error(`no such happening: ${name}`);
  return (happening.type === "alarm" ? rig.alarm() : rig.tell(happening)).wholeLine;
}
