/** Pictures of the React example, as `npm run screenshots` takes them with those of the demo. */
import { ExampleProcess } from "../examples/react/test/support/example-process.ts";
import { RoomsPage } from "../examples/react/test/support/rooms-page.ts";
import type { Browser } from "./cdp.ts";

const conversation: readonly (readonly [who: "ann" | "ben", text: string])[] = [
  ["ann", "Is this the page with the hooks?"],
  ["ben", "It is. useBucket reads it, useTransaction writes it."],
  ["ann", "And when the server goes away?"],
];

/** Hands each picture to `save`, with the name that it should have. */
export async function takeReactPictures(
  browser: Browser,
  save: (name: string, picture: Buffer) => Promise<void>,
): Promise<void> {
  const example = new ExampleProcess("production");
  try {
    await example.start();
    const open = async (address: string): Promise<RoomsPage> =>
      await new RoomsPage(await browser.newPage("about:blank")).open(address);
    const people = { ann: await open(example.url), ben: await open(`${example.url}?as=ben`) };
    const { ann, ben } = people;
    for (const person of [ann, ben]) await person.isConnected();
    for (const [who, text] of conversation) {
      await people[who].say(text);
      for (const person of [ann, ben]) await person.reads(text);
    }
    for (const scheme of ["light", "dark"] as const) {
      await ann.page.setColorScheme(scheme);
      for (const width of [390, 1280]) {
        await ann.page.resize({ width, height: 760 });
        await save(`react-${scheme}-${width}`, await ann.page.screenshot());
      }
    }
    await example.kill();
    await ann.page.setColorScheme("light");
    await ann.shows(".banner", "Connection lost", 15_000);
    await ann.say("Then this waits, and says so.");
    await ann.shows(".fate", "1 not sent yet");
    await save("react-lost-1280", await ann.page.screenshot());
    for (const person of [ann, ben]) await person.page.close();
  } finally {
    await example.remove();
  }
}
