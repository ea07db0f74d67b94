/**
 * Reads of the log, gathered: what sessions ask for in one tick goes to the store in as few trips
 * as the bounds allow, and what several ask for alike is read once.
 */
import type { BucketKey } from "@holdfast/protocol";

import type { Cancel, Clock } from "./base/clock.ts";
import type { LogPage, LogRange, ReadLimits, ServerStore } from "./server-store.ts";
import { StoreError } from "./store-error.ts";

/** So many pages are read in one trip: they lie in memory together. */
const PAGES_AT_ONCE = 64;
const RANGES_AT_ONCE = 1_000;
/** So many trips are under way at once; a slow one does not hold up all others. */
const TRIPS_MAX = 4;

/** `session`: who asked failed to take the answer, and the store is not to blame. */
type Report = (error: unknown, place: "store" | "session") => void;

/** Undefined: the store failed, and it was reported. */
type Done<Answer> = (answer: Answer | undefined) => void;

interface Question<Answer> {
  readonly bucket: BucketKey;
  readonly after: number;
  readonly askers: Done<Answer>[];
}

export class LogReader {
  readonly #store: ServerStore;
  readonly #clock: Clock;
  readonly #limits: ReadLimits;
  readonly #report: Report;
  readonly #pages = new Map<string, Question<LogPage>>();
  readonly #ranges = new Map<string, Question<LogRange>>();
  #trips = 0;
  #cancelTurn: Cancel | undefined;

  constructor(store: ServerStore, clock: Clock, limits: ReadLimits, report: Report) {
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
    this.#report = report;
  }

  /** The page that begins right after `after`. `done` is never called within this call. */
  page(bucket: BucketKey, after: number, done: Done<LogPage>): void {
    ask(this.#pages, bucket, after, done);
    this.#soon();
  }

  /** Where the bucket begins and ends. */
  range(bucket: BucketKey, done: Done<LogRange>): void {
    ask(this.#ranges, bucket, 0, done);
    this.#soon();
  }

  /** Nobody hears an answer any more. */
  close(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    this.#pages.clear();
    this.#ranges.clear();
  }

  #soon(): void {
    if (this.#trips < TRIPS_MAX) this.#cancelTurn ??= this.#clock.turn(this.#go);
  }

  readonly #go = (): void => {
    this.#cancelTurn = undefined;
    const { updates, bytes } = this.#limits;
    this.#trip(take(this.#ranges, RANGES_AT_ONCE), (questions) =>
      this.#store.ranges(questions.map(({ bucket }) => bucket)),
    );
    while (this.#pages.size > 0 && this.#trips < TRIPS_MAX) {
      this.#trip(take(this.#pages, PAGES_AT_ONCE), (questions) =>
        this.#store.read(
          questions.map(({ bucket, after }) => ({ bucket, after })),
          { updates, bytes },
        ),
      );
    }
  };

  #trip<Answer>(
    questions: readonly Question<Answer>[],
    read: (questions: readonly Question<Answer>[]) => Promise<readonly Answer[]>,
  ): void {
    if (questions.length === 0) return;
    this.#trips++;
    const answered = (answers: readonly (Answer | undefined)[]): void => {
      this.#trips--;
      questions.forEach(({ askers }, index) => this.#tell(askers, answers[index]));
      if (this.#pages.size + this.#ranges.size > 0) this.#soon();
    };
    this.#asked(questions, read)
      .then(answered)
      .catch((error: unknown) => this.#report(error, "session"));
  }

  /** Never rejects: a question without an answer failed, which was reported. */
  async #asked<Answer>(
    questions: readonly Question<Answer>[],
    read: (questions: readonly Question<Answer>[]) => Promise<readonly Answer[]>,
  ): Promise<readonly (Answer | undefined)[]> {
    try {
      return await read(questions);
    } catch (error) {
      if (!isCorrupt(error) || questions.length === 1) {
        this.#report(error, "store");
        return [];
      }
    }
    // One bucket is spoiled: each by itself, so that it fails for those alone who read it.
    const answers: (Answer | undefined)[] = [];
    for (const question of questions) answers.push(...(await this.#one(question, read)));
    return answers;
  }

  async #one<Answer>(
    question: Question<Answer>,
    read: (questions: readonly Question<Answer>[]) => Promise<readonly Answer[]>,
  ): Promise<readonly [Answer | undefined]> {
    const [answer] = await this.#asked([question], read);
    return [answer];
  }

  /** One asker's fault must not keep the answer from the others. */
  #tell<Answer>(askers: readonly Done<Answer>[], answer: Answer | undefined): void {
    for (const done of askers) {
      try {
        done(answer);
      } catch (error) {
        this.#report(error, "session");
      }
    }
  }
}

function isCorrupt(error: unknown): boolean {
  return error instanceof StoreError && error.code === "corrupt";
}

function ask<Answer>(
  questions: Map<string, Question<Answer>>,
  bucket: BucketKey,
  after: number,
  done: Done<Answer>,
): void {
  const name = `${bucket}\0${after}`;
  const asked = questions.get(name);
  if (asked) asked.askers.push(done);
  else questions.set(name, { bucket, after, askers: [done] });
}

function take<Answer>(questions: Map<string, Question<Answer>>, max: number): Question<Answer>[] {
  const taken: Question<Answer>[] = [];
  for (const [name, question] of questions) {
    if (taken.length >= max) break;
    questions.delete(name);
    taken.push(question);
  }
  return taken;
}
