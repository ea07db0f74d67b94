/** What a planted fault is, and how it is put into the text of today. */

/** One mutation of the product, and who must notice. */
export interface PlantedFault {
  /** What goes wrong with it, as a sentence; names it. */
  readonly what: string;
  /** The rows of docs/lessons.md and the design that it stands for. */
  readonly rows: string;
  /** The source, from the root. */
  readonly path: string;
  /** What stands there once; how its words are spaced does not count. */
  readonly find: string;
  readonly replace: string;
  /** The test files that are run against it. At least one of their tests must fail. */
  readonly tests: readonly string[];
}

/** The text with the fault in it. Throws unless what it replaces stands there exactly once. */
export function planted({ find, replace, path }: PlantedFault, text: string): string {
  const places = text.match(new RegExp(patternOf(find), "g"))?.length ?? 0;
  if (places !== 1) throw new Error(`${path}: "${find}" stands there ${places} times, not once`);
  return text.replace(new RegExp(patternOf(find)), () => replace);
}

/** However the formatter breaks the lines. */
function patternOf(find: string): string {
  const words = find.trim().split(/\s+/);
  return words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+");
}
