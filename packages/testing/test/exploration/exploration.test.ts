/** How an exploration tells what it finds. What the real machine shows stands with the client. */
import { DEFAULT_CONNECTION_POLICY, transition } from "@holdfast/client/machine";
import { explore, type Transition } from "@holdfast/testing/exploration";
import { expect, test } from "vitest";

const policy = DEFAULT_CONNECTION_POLICY;

/** The machine, but with another answer to one event. */
function but(type: string, answer: Transition): Transition {
  return (model, event, stamp, told) =>
    (event.type === type ? answer : transition)(model, event, stamp, told);
}

test("a finding names what broke and the shortest way to it", () => {
  const forgetful = but("woke", (model) => ({ model: { ...model, attempt: 0 }, effects: [] }));
  const { finding } = explore({ transition: forgetful, policy });
  expect(finding?.invariant).toBe("attempt falls only after a stable period or a useful message");
  expect(finding?.path).toEqual(["start at 0", "faulted at 0", "woke at 0"]);
});

test("a machine that throws is a finding", () => {
  const broken = but("stop", () => {
    throw new Error("no such state");
  });
  const { finding } = explore({ transition: broken, policy });
  expect(finding?.invariant).toContain("no such state");
});

test("a machine that changes the model it was given is a finding", () => {
  const careless = but("appFrozen", (model) => {
    Object.assign(model.constraints, { notFrozen: false });
    return { model, effects: [] };
  });
  const { finding } = explore({ transition: careless, policy });
  expect(finding?.invariant).toContain("change a model that it was given");
});
