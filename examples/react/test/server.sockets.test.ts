/** The React example's own process over real HTTP: whatever it is asked, it stays. */
import { request } from "node:http";

import { afterAll, beforeAll, expect, test } from "vitest";

import { buildExample, ExampleProcess } from "./support/example-process.ts";

const example = new ExampleProcess("production");

beforeAll(async () => {
  buildExample();
  await example.start();
}, 60_000);

afterAll(() => example.remove());

/** The status of a path that is sent as it is, where `fetch` would tidy it up. */
async function statusOf(path: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const { hostname, port } = new URL(example.url);
    request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test.each(["//", "//:", "http://[", "///?as=ann"])(
  "%s, which is no address, is answered with 400",
  async (path) => {
    expect(await statusOf(path)).toBe(400);
    expect(await statusOf("/")).toBe(200);
  },
);

test.each(["/nothing", "/%", "/../package.json", "*"])("%s leads nowhere", async (path) => {
  expect(await statusOf(path)).toBe(404);
});
