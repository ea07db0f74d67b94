/** Recordings for the tests of views: what real clients on a manual clock went through. */
import { exportTrace } from "@holdfast/client/trace";
import { clientHarness, type ClientHarness, type HarnessOptions } from "@holdfast/testing";

import type { Report } from "../src/report/report.ts";
import { recordingOf, type Recording } from "../src/view/recording.ts";

export { accepts, acceptsThenDrops, refusesConnections } from "@holdfast/testing";

/** What a client has gone through by now. */
export function reportOf({ client, clock }: ClientHarness, more: Partial<Report> = {}): Report {
  const made = { now: clock.now(), wallNow: clock.wallNow() };
  return { name: "ann", isLive: true, made, trace: exportTrace(client), ...more };
}

export function recorded(own: ClientHarness): Recording {
  return recordingOf(reportOf(own));
}

/** A client that was opened. */
export async function opened(options: HarnessOptions<never> = {}): Promise<ClientHarness> {
  return await clientHarness(options).open();
}

/** The place of the last event of a type. */
export function placeOfLast({ beats }: Recording, type: string): number {
  return beats.findLastIndex(({ entry }) => entry.event.type === type);
}
