import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  DEFAULT_WIRE_LIMITS,
  EncodeError,
  jsonClientCodec,
  jsonDurableClientCodec,
  jsonCodec,
  jsonServerCodec,
  payloadFault,
  SERVER_MESSAGES,
} from "../src/index.ts";
import type { ClientMessage, Codec, Frame, Malformed, ServerMessage } from "../src/index.ts";
import { fullClientMessages, fullServerMessages } from "./examples.ts";

const limits = DEFAULT_WIRE_LIMITS;
const fullClientCodec = jsonCodec(SERVER_MESSAGES);

function codeOf(codec: Codec<unknown, never, string>, frame: Frame): Malformed | "none" {
  const read = codec.decode(frame, limits);
  return typeof read === "string" ? read : "none";
}

describe("what one side writes the other reads", () => {
  test.each(Object.values(fullClientMessages))("$type from the client", (message) => {
    const frame = jsonClientCodec.join([jsonClientCodec.encode(message)]);
    expect(jsonServerCodec.decode(frame, limits)).toEqual([message]);
  });

  test.each(Object.values(fullServerMessages))("$type from the server", (message) => {
    const frame = jsonServerCodec.join([jsonServerCodec.encode(message)]);
    expect(fullClientCodec.decode(frame, limits)).toEqual([message]);
  });

  test("what is said in one tick travels as one array", () => {
    const messages = Object.values(fullServerMessages);
    const parts = messages.map((message) => jsonServerCodec.encode(message));
    const frame = jsonServerCodec.join(parts);
    expect(fullClientCodec.decode(frame, limits)).toEqual(messages);
    // An owner that counts bytes before it joins may trust the sizes.
    const bytes = parts.reduce((sum, part) => sum + jsonServerCodec.sizeOf(part), parts.length + 1);
    expect(new TextEncoder().encode(String(frame)).length).toBe(bytes);
  });

  test("any JSON that a call carries arrives unchanged", () => {
    const input = fc.jsonValue({ maxDepth: 20, stringUnit: "binary" });
    fc.assert(
      fc.property(input, (value) => {
        fc.pre(payloadFault(value, limits.nesting) === undefined);
        const text = jsonClientCodec.encode(call(value));
        expect(jsonServerCodec.decode(text, limits)).toEqual([JSON.parse(text)]);
      }),
    );
  });
});

describe("a bad frame is a value with a code, on both sides", () => {
  const ping = '{"type":"ping","nonce":1}';

  test.each<[string, Frame, Malformed]>([
    ["nesting beyond any payload", deep(limits.nesting + 5), "tooDeep"],
    ["nesting without end", deep(100_000), "tooDeep"],
    [
      "nesting in a field that nobody knows",
      `{"type":"ping","nonce":1,"x":${deep(36)}}`,
      "tooDeep",
    ],
    ["a prototype key", '{"type":"ping","nonce":1,"x":{"__proto__":{}}}', "prototypeKey"],
    ["a disguised prototype key", '{"\\u005f_proto__":{"type":"ping"}}', "prototypeKey"],
    ["binary where text is due", new Uint8Array([123, 125]), "wrongFrameKind"],
    ["nothing", "", "notParseable"],
    ["not JSON", "hello", "notParseable"],
    ["half a message", ping.slice(0, -1), "notParseable"],
    ["two messages without an array", `${ping}${ping}`, "notParseable"],
    ["an open string", '{"type":"', "notParseable"],
    ["a frame of no messages", "[]", "notParseable"],
    ["no object", "5", "unknownType"],
    ["null", "null", "unknownType"],
    ["an array in an array", `[[${ping}]]`, "unknownType"],
    ["no type", "{}", "unknownType"],
    ["a type that does not exist", '{"type":"nonsense"}', "unknownType"],
    ["a type named like a method of objects", '{"type":"constructor"}', "unknownType"],
    ["a megabyte of backslashes", `"${"\\".repeat(limits.frameBytes - 2)}`, "notParseable"],
    ["a megabyte of escaped quotes", `"${'\\"'.repeat(limits.frameBytes / 2 - 1)}`, "notParseable"],
    ["a megabyte of quotes and brackets", '"["'.repeat(limits.frameBytes / 4), "notParseable"],
    ["a megabyte of white space", " ".repeat(limits.frameBytes), "notParseable"],
    ["257 messages", `[${Array.from({ length: 257 }, () => ping).join(",")}]`, "tooManyMessages"],
    ["100,000 levels left open", "[".repeat(100_000), "notParseable"],
    ["2 MiB", `{"type":"call","input":"${"x".repeat(2 ** 21)}"}`, "tooLarge"],
    ["1 MiB and a byte, in wide characters", `"${"é".repeat(2 ** 19)}"`.slice(1), "tooLarge"],
  ])("%s", (_name, frame, code) => {
    expect(codeOf(jsonServerCodec, frame)).toBe(code);
    expect(codeOf(jsonClientCodec, frame)).toBe(code);
  });

  test("one bad message in company spoils the frame", () => {
    expect(codeOf(jsonServerCodec, `[${ping},{"type":"ping","nonce":-1}]`)).toBe(
      "badField ping.nonce",
    );
  });

  test("numbers that JSON can write but no field can hold", () => {
    for (const nonce of ["1e999", "-1", "0.5", "9007199254740993", '"1"', "null", "[1]"]) {
      expect(codeOf(jsonServerCodec, `{"type":"ping","nonce":${nonce}}`)).toBe(
        "badField ping.nonce",
      );
    }
  });
});

describe("what only looks bad is read", () => {
  test.each([
    ["a chat about __proto__", chat('is "__proto__": {} a key?')],
    ["a chat with brackets", chat(`${"[".repeat(99)}\\"${"{".repeat(99)}`)],
    ["a chat with control characters", chat("\u0007\u0000 bell")],
    ["white space around", ` \r\n\t${chat("hi")} `],
    ["a frame of exactly the limit", chat("x".repeat(limits.frameBytes - chat("").length))],
    ["an input of all the levels that there may be", nested(limits.nesting)],
    ["256 messages", `[${Array.from({ length: 256 }, () => chat("")).join(",")}]`],
  ])("%s", (_name, frame) => {
    expect(codeOf(jsonServerCodec, frame)).toBe("none");
  });

  test("a frame of wide characters is measured in bytes, to the byte", () => {
    const empty = chat("").length;
    const wide = (bytes: number): string => chat("é".repeat((bytes - empty - 1) / 2) + "x");
    const fits = wide(limits.frameBytes - ((limits.frameBytes - empty - 1) % 2));
    expect(codeOf(jsonServerCodec, fits)).toBe("none");
    expect(codeOf(jsonServerCodec, `${fits}  `)).toBe("tooLarge");
  });
});

describe("what an application may pass that cannot be written", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  let bottomless: unknown = 1;
  for (let level = 0; level < 100_000; level++) bottomless = [bottomless];
  // Some engines write it without recursion, and then its levels are counted.
  const eitherFault: unknown = expect.stringMatching(/^(notEncodable|tooDeep)$/);
  const throwing = {
    toJSON: () => {
      throw new TypeError("s3cret");
    },
  };
  const prototypeKey: unknown = JSON.parse('{"__proto__":1}');
  const levels = (depth: number): unknown => JSON.parse(deep(depth));

  test.each([
    ["a cycle", cycle, "notEncodable"],
    ["a BigInt", 1n, "notEncodable"],
    ["a toJSON that throws", throwing, "notEncodable"],
    ["33 levels", levels(33), "tooDeep"],
    ["more levels than the stack", bottomless, eitherFault],
    ["a prototype key", prototypeKey, "prototypeKey"],
  ])("%s fails its answer or push alone, with a typed error", (_name, data, code) => {
    for (const message of carrying(data)) {
      const error = thrownBy(() => jsonServerCodec.encode(message));
      expect(error).toBeInstanceOf(EncodeError);
      expect(error).toMatchObject({ name: "EncodeError", code });
      expect(String(error)).not.toContain("s3cret");
    }
  });

  test("an error whose cause is nobody's business has no word of it", () => {
    expect(new EncodeError("notEncodable", "s3cret").message).toBe("notEncodable");
  });

  test("32 levels are written, wherever the payload stands; a server that allows more, writes more", () => {
    for (const message of carrying(levels(32)))
      expect(jsonServerCodec.encode(message)).toBeTruthy();
    for (const message of carrying(levels(40))) {
      expect(jsonServerCodec.encode(message, 40)).toContain("[[[[");
    }
  });

  test.each([
    ["a cycle", cycle, "notEncodable"],
    ["a BigInt", 1n, "notEncodable"],
    ["a toJSON that throws", throwing, "notEncodable"],
    ["33 levels", levels(33), "tooDeep"],
    ["more levels than the stack", bottomless, eitherFault],
    ["a prototype key", prototypeKey, "prototypeKey"],
  ])("%s fails its call at the client, which loses no session over it", (_name, input, code) => {
    expect(thrownBy(() => jsonClientCodec.encode(call(input)))).toMatchObject({ code });
  });

  test("what JSON leaves out or changes silently is left out or changed", () => {
    expect(jsonClientCodec.encode(call(undefined))).toBe(
      '{"type":"call","id":1,"method":"m","timeoutMs":1}',
    );
    expect(jsonClientCodec.encode(call([undefined, Number.NaN, new Date(0)]))).toContain(
      '[null,null,"1970-01-01T00:00:00.000Z"]',
    );
  });
});

test("mangled frames never throw, and what is read has a type of its direction", () => {
  const clientTypes = new Set<string>(Object.keys(fullClientMessages));
  const serverTypes = new Set<string>(Object.keys(fullServerMessages));
  const texts = [...Object.values(fullClientMessages), ...Object.values(fullServerMessages)].map(
    (message) => JSON.stringify(message),
  );
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.constantFrom('"', "{", "}", "[", "]", ",", ":", "\\", "\\u005f", "null", "1e999", '"type"'),
  );
  const edit = fc.record({ at: fc.nat(), length: fc.nat({ max: 12 }), piece });
  const frames = fc
    .tuple(fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 3 }), fc.array(edit))
    .map(([parts, edits]) => {
      let text = parts.length === 1 ? parts.join("") : `[${parts.join(",")}]`;
      for (const { at, length, piece: put } of edits) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + put + text.slice(from + length);
      }
      return text;
    });
  fc.assert(
    fc.property(frames, (frame) => {
      for (const [codec, types] of [
        [jsonServerCodec, clientTypes],
        [jsonClientCodec, serverTypes],
        [jsonDurableClientCodec, serverTypes],
      ] as const) {
        const read: readonly (ClientMessage | ServerMessage)[] | Malformed = codec.decode(
          frame,
          limits,
        );
        if (typeof read === "string") continue;
        expect(read.length).toBeGreaterThan(0);
        for (const message of read) expect(types).toContain(message.type);
      }
    }),
    { numRuns: 5_000 },
  );
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Every message of a server that carries a payload. */
function carrying(data: unknown): readonly ServerMessage[] {
  const run = { bucket: "b", epoch: "e", after: 0, upTo: 1, updates: [{ seq: 1, at: 0, data }] };
  return [
    { type: "result", id: 1, output: data },
    { type: "failure", id: 1, code: "c", message: "", data },
    { type: "updates", ...run },
    { type: "page", ...run, head: 1 },
  ];
}

function call(input: unknown): ClientMessage {
  return { type: "call", id: 1, method: "m", input, timeoutMs: 1 };
}

function chat(text: string): string {
  return JSON.stringify({ ...call(undefined), input: text });
}

/** Arrays in arrays. */
function deep(depth: number): string {
  return `${"[".repeat(depth)}${"]".repeat(depth)}`;
}

function nested(depth: number): string {
  return chat("").replace('""', deep(depth));
}
