/** The storm on the page: its button, and the curve of how its clients come back. */
import { element, setText } from "./element.ts";
import type { FaultServer } from "./fault-server.ts";
import { STORM_PICTURE, stormView } from "./storm-view.ts";

/** How often the server is asked how it goes, in milliseconds. */
const ASK_MS = 200;

export class StormCard {
  readonly #root: HTMLElement;
  readonly #button: HTMLElement;
  readonly #server: FaultServer;
  readonly #words = element("p", { class: "storm-words", role: "status" });
  readonly #end = element("span", {});
  readonly #line = shape("polyline", { class: "storm-line" });
  readonly #area = shape("polygon", { class: "storm-area" });
  readonly #back = shape("line", { class: "storm-back" });

  /** `root` is where the curve stands; it is hidden until there is a storm. */
  constructor(root: HTMLElement, button: HTMLElement, server: FaultServer) {
    this.#root = root;
    this.#button = button;
    this.#server = server;
    const { width, height } = STORM_PICTURE;
    const view = { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" };
    const picture = shape("svg", { ...view, class: "storm-picture", "aria-hidden": "true" });
    picture.append(this.#area, this.#back, this.#line);
    const axis = element(
      "p",
      { class: "storm-axis" },
      element("span", {}, "the server leaves"),
      this.#end,
    );
    root.append(this.#words, picture, axis);
  }

  /** From now on the button raises a storm. */
  listen(): void {
    this.#button.addEventListener("click", () => void this.#raise());
  }

  async #raise(): Promise<void> {
    if (this.#button.getAttribute("aria-busy") === "true") return;
    this.#button.setAttribute("aria-busy", "true");
    this.#root.hidden = false;
    try {
      await this.#server.startStorm();
      while (await this.#draw()) await new Promise((wake) => setTimeout(wake, ASK_MS));
    } catch {
      setText(this.#words, "The server cannot be reached.");
    }
    this.#button.removeAttribute("aria-busy");
  }

  /** Resolves with whether there is more to come. While the server is away nobody answers. */
  async #draw(): Promise<boolean> {
    const report = await this.#server.storm().catch(() => undefined);
    if (!report) return true;
    const { line, area, backX, words, endWords } = stormView(report);
    setText(this.#words, words);
    setText(this.#end, report.points.length > 0 ? `${endWords} later` : "");
    this.#line.setAttribute("points", line);
    this.#area.setAttribute("points", area);
    const x = String(backX ?? -10);
    for (const [name, value] of [
      ["x1", x],
      ["x2", x],
      ["y1", "0"],
      ["y2", String(STORM_PICTURE.height)],
    ] as const)
      this.#back.setAttribute(name, value);
    return report.phase === "gathering" || report.phase === "passing";
  }
}

function shape<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
