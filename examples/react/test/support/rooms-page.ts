/** The example's page as a person uses it. */
import type { Page } from "../../../../tools/cdp.ts";

export class RoomsPage {
  readonly page: Page;
  /** What the browser itself found wrong, beyond what the page printed. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
  }

  /** From now on it hears of complaints; then it goes there. */
  async open(url: string): Promise<this> {
    this.page.on("Log.entryAdded", ({ entry }) => {
      const { text, source } = entry as { readonly text: string; readonly source: string };
      // A dial or a fetch that fails is told by the browser, as it should be without a server.
      if (source !== "network" && !text.includes("WebSocket connection"))
        this.complaints.push(text);
    });
    await this.page.send("Log.enable");
    await this.page.send("Network.enable");
    await this.page.goto(url);
    return this;
  }

  /** What the page printed, but for React's word about its tools. */
  get printed(): readonly string[] {
    return this.page.console.filter((line) => !line.includes("React DevTools"));
  }

  async isConnected(withinMs = 10_000): Promise<void> {
    await this.page.waitFor(
      `document.querySelector(".pill[data-state=connected]") !== null &&
        document.querySelector(".status[data-status=live]") !== null`,
      withinMs,
    );
  }

  async shows(part: string, text: string, withinMs = 10_000): Promise<void> {
    const where = `document.querySelector(${JSON.stringify(part)})`;
    await this.page.waitFor(
      `${where}?.innerText.includes(${JSON.stringify(text)}) === true`,
      withinMs,
    );
  }

  /** Types as a person does: React hears of it. */
  async type(field: string, text: string): Promise<void> {
    await this.page.evaluate(`{
      const field = document.querySelector(${JSON.stringify(field)});
      const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
      set.call(field, ${JSON.stringify(text)});
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }`);
  }

  async press(words: string): Promise<void> {
    await this.page.evaluate(
      `[...document.querySelectorAll("button")]
        .find((button) => button.innerText.startsWith(${JSON.stringify(words)})).click()`,
    );
  }

  async say(text: string): Promise<void> {
    await this.type("form input", text);
    await this.press("Send");
  }

  /** Resolves when it stands there confirmed. */
  async reads(text: string, withinMs = 10_000): Promise<void> {
    await this.page.waitFor(
      `[...document.querySelectorAll(".said:not([data-phase]) .text")]
        .some(({ innerText }) => innerText === ${JSON.stringify(text)})`,
      withinMs,
    );
  }

  async lines(): Promise<string[]> {
    return await this.page.evaluate(
      `[...document.querySelectorAll(".said .text")].map(({ innerText }) => innerText)`,
    );
  }

  async session(): Promise<string> {
    return await this.page.evaluate(`document.querySelector(".pill").dataset.session`);
  }
}
