/** The demo's page as a person uses it: presses, words said, and what stands on the screen. */
import type { Page } from "../../../../tools/cdp.ts";

export type Name = "ann" | "ben";

/** A panel in the page, as an expression. */
function panel(name: Name): string {
  return `document.querySelector("[data-client^=${name}]")`;
}

export class DemoPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async isConnected(name: Name, withinMs = 10_000): Promise<void> {
    await this.page.waitFor(`${panel(name)}?.dataset.state === "connected"`, withinMs);
  }

  async bothConnected(withinMs = 10_000): Promise<void> {
    for (const name of ["ann", "ben"] as const) await this.isConnected(name, withinMs);
  }

  async press(name: Name, button: string): Promise<void> {
    await this.page.evaluate(`${panel(name)}.querySelector(${JSON.stringify(button)}).click()`);
  }

  async fault(name: Name, fault: string): Promise<void> {
    await this.press(name, `[data-fault=${fault}]`);
  }

  async say(name: Name, text: string): Promise<void> {
    await this.page.evaluate(`{
      const panel = ${panel(name)};
      panel.querySelector(".say").value = ${JSON.stringify(text)};
      panel.querySelector(".send").click();
    }`);
  }

  /** Resolves when a message stands in the room, and is not just a draft. */
  async reads(name: Name, text: string, withinMs = 10_000): Promise<void> {
    await this.page.waitFor(
      `[...${panel(name)}.querySelectorAll("[data-number] .bubble")]
        .some((bubble) => bubble.textContent === ${JSON.stringify(text)})`,
      withinMs,
    );
  }

  async messages(name: Name): Promise<string[]> {
    return await this.page.evaluate(
      `[...${panel(name)}.querySelectorAll("[data-number] .bubble")].map((b) => b.textContent)`,
    );
  }

  /** Resolves when some text stands in a part of the panel. */
  async shows(name: Name, part: string, text: string, withinMs = 1_000): Promise<void> {
    const where = `${panel(name)}.querySelector(${JSON.stringify(part)})`;
    await this.page.waitFor(`${where}.innerText.includes(${JSON.stringify(text)})`, withinMs);
  }

  async text(name: Name, part: string): Promise<string> {
    return await this.page.evaluate(
      `${panel(name)}.querySelector(${JSON.stringify(part)}).innerText`,
    );
  }

  async sessionNumber(name: Name): Promise<string> {
    return await this.page.evaluate(
      `[...${panel(name)}.querySelectorAll(".facts dd")].at(-1).textContent`,
    );
  }
}
