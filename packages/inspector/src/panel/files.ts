/** Files in and out of the panel: dropped onto it, read, and saved from it. */
import { InspectorError } from "../inspector-error.ts";
import { reportOfFile, TEXT_MAX } from "../report/read-report.ts";
import type { Report } from "../report/report.ts";

/** The report of a trace's file. Rejects with an `InspectorError` for what is none. */
export async function reportIn(file: File): Promise<Report> {
  if (file.size > TEXT_MAX)
    throw new InspectorError("tooLarge", "This file is too large to be a trace.");
  const text = await file.text().catch(() => undefined);
  // A folder, or a file that is gone.
  if (text === undefined) throw new InspectorError("notATrace", "This file cannot be read.");
  return reportOfFile(text, file.name);
}

/** Calls `open` with a file that is dropped onto `target`. */
export function acceptFiles(target: HTMLElement, open: (file: File) => void): void {
  // Entering a child leaves its parent: how deep we are in tells whether we are in at all.
  let depth = 0;
  const heed = (isOver: boolean): void => void (target.dataset["dropping"] = String(isOver));
  target.addEventListener("dragenter", (event) => {
    event.preventDefault();
    depth++;
    heed(true);
  });
  target.addEventListener("dragleave", () => {
    depth = Math.max(depth - 1, 0);
    heed(depth > 0);
  });
  target.addEventListener("dragover", (event) => event.preventDefault());
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    heed(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (file) open(file);
  });
}

/** What was saved last: a browser may read it a little later, so it is kept until the next. */
let saved: string | undefined;

/** Lets the browser save a text. */
export function saveText(text: string, name: string): void {
  if (saved !== undefined) URL.revokeObjectURL(saved);
  saved = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = saved;
  link.download = name;
  link.click();
}
