import { bucket, call, defineContract } from "@holdfast/protocol";
import { expect, test } from "vitest";

import { linkedPair } from "../src/linked-pair.ts";

const contract = defineContract({
  calls: { echo: call<string, string>() },
  buckets: { room: bucket<string>() },
});

test("smoke", async () => {
  const pair = linkedPair({ contract, handlers: { echo: (input) => input } });
  await pair.open();
  expect(await pair.clock.finish(pair.client.call("echo", "hi"))).toBe("hi");
  await pair.close();
  expect(pair.clock.pending).toBe(0);
});
