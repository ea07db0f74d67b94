/** The demo's page as a person uses it: presses, words said, and what stands on the screen. */
import type { Page } from "../../../../tools/cdp.ts";

export type Name = "ann" | "ben";

/** A panel in the page, as an expression. */
function panel(name: Name): string {
  return `document.querySelector("[data-account^=${name}]")`;
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
    await this.sayAll(name, [text]);
  }

  async sayAll(name: Name, texts: readonly string[]): Promise<void> {
    await this.page.evaluate(`for (const text of ${JSON.stringify(texts)}) {
      const panel = ${panel(name)};
      panel.querySelector(".say").value = text;
      panel.querySelector(".send").click();
    }`);
  }

  /** Resolves when a message stands in the room, and is not just a draft. */
  async reads(name: Name, text: string, withinMs = 10_000): Promise<void> {
    await this.page.waitFor(
      `[...${panel(name)}.querySelectorAll("[data-seq] .bubble")]
        .some((bubble) => bubble.textContent === ${JSON.stringify(text)})`,
      withinMs,
    );
  }

  async messages(name: Name): Promise<string[]> {
    return await this.page.evaluate(
      `[...${panel(name)}.querySelectorAll("[data-seq] .bubble")].map((b) => b.textContent)`,
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
    return await this.page.evaluate(`${panel(name)}.dataset.session`);
  }

  /** What the person said that is no message yet, or never will be. */
  async unsent(name: Name): Promise<string[]> {
    return await this.page.evaluate(
      `[...${panel(name)}.querySelectorAll("[data-unsent] .bubble")].map((b) => b.textContent)`,
    );
  }

  /** Loads the page anew, as a person does who presses F5. */
  async reload(): Promise<void> {
    await this.page.goto(await this.page.evaluate<string>("location.href"));
  }
}
