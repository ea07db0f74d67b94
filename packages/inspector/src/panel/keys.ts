/** The keys by which one walks through time, the same in the band and in the list. */

/** Where a key leads: one event or one move on or back, or to an end. */
export type Walk = "back" | "on" | "backMove" | "onMove" | "first" | "last";

const HORIZONTAL: Readonly<Record<string, Walk>> = {
  ArrowLeft: "back",
  ArrowDown: "back",
  ArrowRight: "on",
  ArrowUp: "on",
  PageDown: "backMove",
  PageUp: "onMove",
  Home: "first",
  End: "last",
};

/** Calls `walk` when such a key is pressed in `target`. Upwards and to the right is later. */
export function walkByKeys(target: HTMLElement, walk: (where: Walk) => void): void {
  target.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const where = Object.hasOwn(HORIZONTAL, event.key) ? HORIZONTAL[event.key] : undefined;
    if (!where) return;
    event.preventDefault();
    walk(where);
  });
}
