/**
 * The panel: which report is shown, which moment of it, and every part drawn accordingly. It knows
 * neither clients nor channels; who does hands it reports, and moves its time.
 */
import { InspectorError } from "../inspector-error.ts";
import { reportOfFile } from "../report/read-report.ts";
import type { ClockReadings, Report } from "../report/report.ts";
import { momentView } from "../view/moment-view.ts";
import { clockWords } from "../view/numbers.ts";
import {
  beatAt,
  moveFrom,
  placeOf,
  recordingOf,
  type Beat,
  type Recording,
} from "../view/recording.ts";
import { roundTripView } from "../view/round-trip-view.ts";
import { rowSentence, timelineView } from "../view/timeline-view.ts";
import { timersView } from "../view/timers-view.ts";
import { element, setText } from "./element.ts";
import { acceptFiles, reportIn, saveText } from "./files.ts";
import type { Walk } from "./keys.ts";
import { LedgerCard } from "./ledger-card.ts";
import { MomentCard } from "./moment-card.ts";
import { RoundTripCard } from "./round-trip-card.ts";
import { Scrubber } from "./scrubber.ts";
import { StateMapCard } from "./state-map-card.ts";
import { TimelineCard } from "./timeline-card.ts";
import { TimersCard } from "./timers-card.ts";
import { TopBar } from "./top-bar.ts";

export interface PanelOptions {
  /** What to say while there is nothing to show. */
  readonly waitingFor: string;
  readonly close?: () => void;
}

/** The id of the report that was read from a file. */
const FILE = "file";

export class InspectorPanel {
  readonly root: HTMLElement;
  readonly #options: PanelOptions;
  readonly #bar: TopBar;
  readonly #scrubber: Scrubber;
  readonly #timeline: TimelineCard;
  readonly #map = new StateMapCard();
  readonly #moment = new MomentCard();
  readonly #timers = new TimersCard();
  readonly #trips = new RoundTripCard();
  readonly #ledger = new LedgerCard();
  readonly #fault = element("p", { class: "fault", role: "alert" });
  readonly #reports = new Map<string, Report>();
  #chosen: string | undefined;
  #recording: Recording | undefined;
  /** The moment that is looked at; undefined: the latest, whatever it is. */
  #held: Beat | undefined;
  #movesOnly = false;
  #wallNow = 0;

  constructor(options: PanelOptions) {
    this.#options = options;
    const walk = (where: Walk): void => this.#walk(where);
    const choose = (index: number): void => this.#hold(index);
    this.#bar = new TopBar({
      pick: (id) => this.#pick(id),
      follow: () => this.#follow(),
      openFile: (file) => void this.#open(() => reportIn(file)),
      saveTrace: () => this.#saveTrace(),
      ...(options.close && { close: options.close }),
    });
    this.#scrubber = new Scrubber({ walk, choose });
    this.#timeline = new TimelineCard({
      walk,
      choose,
      showMovesOnly: (movesOnly) => {
        this.#movesOnly = movesOnly;
        this.#draw();
      },
    });
    const column = (
      name: string,
      ...cards: readonly { readonly root: HTMLElement }[]
    ): HTMLElement => element("div", { class: `column ${name}` }, ...cards.map(({ root }) => root));
    this.root = element(
      "div",
      { class: "inspector", role: "region", "aria-label": "Holdfast inspector" },
      this.#bar.root,
      this.#scrubber.root,
      this.#fault,
      element(
        "div",
        { class: "cards" },
        column("now", this.#moment),
        column("where", this.#map, this.#timers),
        column("when", this.#timeline),
        column("kept", this.#trips, this.#ledger),
      ),
    );
    acceptFiles(this.root, (file) => void this.#open(() => reportIn(file)));
    this.#draw();
  }

  /** Shows a report, or the next one of the same `id`. */
  show(id: string, report: Report): void {
    this.#reports.set(id, report);
    if (this.#chosen === undefined) this.#pick(id);
    else if (this.#chosen === id) this.#take(report);
    else this.#drawBar();
  }

  /** It cannot be shown any more; another takes its place if there is one. */
  forget(id: string): void {
    this.#reports.delete(id);
    if (this.#chosen !== id) return this.#drawBar();
    const [next] = this.#reports.keys();
    this.#chosen = undefined;
    this.#recording = undefined;
    if (next === undefined) this.#draw();
    else this.#pick(next);
  }

  /** Says what could not be shown, and why. */
  complain(fault: InspectorError): void {
    setText(this.#fault, fault.message);
  }

  /** Shows a trace's text. What is none is told in the panel. */
  openText(text: string, name: string): void {
    void this.#open(() => reportOfFile(text, name));
  }

  /** Moves what moves by itself. `wallNow`: epoch milliseconds of this page. */
  tick(wallNow: number): void {
    this.#wallNow = wallNow;
    this.#ledger.tick(wallNow);
    const recording = this.#recording;
    if (!recording) return;
    const { made, isLive } = recording.report;
    const now = this.#held || !isLive ? this.#beat()?.entry.stamp.now : nowOf(made, wallNow);
    this.#moment.tick(now ?? made.now);
    this.#timers.tick(now ?? made.now);
  }

  #pick(id: string): void {
    const report = this.#reports.get(id);
    if (!report) return;
    setText(this.#fault, "");
    this.#chosen = id;
    this.#held = undefined;
    this.#take(report);
  }

  #take(report: Report): void {
    this.#recording = recordingOf(report);
    const held = this.#held;
    if (held) this.#held = beatAt(this.#recording, placeOf(this.#recording, held.entry));
    this.#draw();
  }

  #beat(): Beat | undefined {
    return this.#held ?? this.#recording?.beats.at(-1);
  }

  #hold(index: number): void {
    if (!this.#recording) return;
    this.#held = beatAt(this.#recording, index);
    this.#draw();
  }

  #follow(): void {
    this.#held = undefined;
    this.#draw();
  }

  #walk(where: Walk): void {
    const recording = this.#recording;
    const index = this.#beat()?.index;
    if (!recording || index === undefined) return;
    const last = recording.beats.length - 1;
    const to: Readonly<Record<Walk, () => number>> = {
      back: () => index - 1,
      on: () => index + 1,
      backMove: () => moveFrom(recording, index, -1),
      onMove: () => moveFrom(recording, index, 1),
      first: () => 0,
      last: () => last,
    };
    const next = to[where]();
    // Past the end lies the present.
    if (where === "last" || next > last) this.#follow();
    else this.#hold(next);
  }

  #draw(): void {
    this.#drawBar();
    const recording = this.#recording;
    const beat = this.#beat();
    this.root.dataset["empty"] = String(!recording);
    this.#ledger.draw(recording?.report);
    if (!recording) return this.#moment.draw(undefined, this.#options.waitingFor);
    const isFollowing = !this.#held;
    const index = beat?.index ?? 0;
    const rows = timelineView(recording, index, this.#movesOnly);
    const row = rows.find((one) => one.index === index);
    const place = `event ${index + 1} of ${recording.beats.length}`;
    const words = row ? `${place}, ${rowSentence(row)}` : "no event";
    this.#scrubber.draw(recording, index, isFollowing, words);
    this.#timeline.draw(rows, index, isFollowing);
    this.#map.draw(recording, index);
    const { isLive } = recording.report;
    const when = isFollowing && isLive ? "Live" : `${clockWords(beat?.entry.at ?? 0)} · ${place}`;
    const view = beat && momentView(recording, beat);
    this.#moment.draw(
      view,
      view ? when : "No event is remembered: it was not started, or keeps no trace.",
    );
    this.#timers.draw(beat ? timersView(recording, index) : []);
    this.#trips.draw(roundTripView(recording, index));
    this.tick(Math.max(this.#wallNow, recording.report.made.wallNow));
  }

  #drawBar(): void {
    const names = new Map([...this.#reports].map(([id, { name }]) => [id, name]));
    this.#bar.draw(names, this.#chosen, this.#recording?.beats.at(-1));
    this.#bar.drawFollowing(!this.#held, this.#recording?.report.isLive ?? false);
  }

  async #open(read: () => Report | Promise<Report>): Promise<void> {
    try {
      this.#reports.set(FILE, await read());
      this.#pick(FILE);
    } catch (error) {
      if (!(error instanceof InspectorError)) throw error;
      this.complain(error);
    }
  }

  #saveTrace(): void {
    const { trace } = this.#recording?.report ?? {};
    if (trace) saveText(JSON.stringify(trace), "holdfast-trace.json");
  }
}

function nowOf(made: ClockReadings, wallNow: number): number {
  return made.now + Math.max(wallNow - made.wallNow, 0);
}
