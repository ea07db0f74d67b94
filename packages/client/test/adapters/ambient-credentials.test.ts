import { expect, test } from "vitest";

import { accepts, clientHarness, rejectsTheToken } from "@holdfast/testing";

import type { AmbientCredentials } from "../../src/adapters/credentials.ts";
import { Cell } from "../../src/base/source.ts";

function cookies() {
  const told: string[] = [];
  const credentials: AmbientCredentials = {
    ambient: true,
    identity: new Cell<string | null>("ada"),
    onRejected: () => void told.push("rejected"),
  };
  return { credentials, told };
}

test("where cookies carry the credential, a hello says everything but a token", async () => {
  const own = await clientHarness({ credentials: cookies().credentials }).open();
  const [hello] = own.said("hello");
  expect(hello).toMatchObject({ type: "hello", session: 1 });
  expect(hello).not.toHaveProperty("token");
  own.client.tokenChanged();
  await own.clock.run(1_000);
  expect(own.said("token")).toEqual([]);
  own.client.close();
});

test("cookies that the server rejects are tried once more, as they may be new by then", async () => {
  const { credentials, told } = cookies();
  const own = clientHarness({ credentials, behaviors: [rejectsTheToken(), accepts()] });
  await own.open();
  expect(own.dials).toHaveLength(2);
  expect(told).toEqual([]);
  own.client.close();
});

test("cookies that are rejected twice wait for the user", async () => {
  const { credentials, told } = cookies();
  const own = clientHarness({ credentials, behaviors: [rejectsTheToken()] });
  own.client.start();
  await own.clock.run(60_000);
  expect(own.dials).toHaveLength(2);
  expect(told).toEqual(["rejected"]);
  expect(own.snapshot.blockedBy).toEqual(["auth"]);
  own.client.close();
});
