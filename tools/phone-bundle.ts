/**
 * What an app for phones takes of Holdfast, as one script: a durable client on the platform of
 * React Native, its memory store, and MessagePack. From the sources, whatever has been built.
 */
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { sourceAliases } from "./source-aliases.ts";

const entry = `
  import * as client from "@holdfast/client";
  import * as durable from "@holdfast/client/durable";
  import * as display from "@holdfast/client/display";
  import * as memory from "@holdfast/client/memory";
  import * as trace from "@holdfast/client/trace";
  import * as reactNative from "@holdfast/client/react-native";
  import * as protocol from "@holdfast/protocol";
  import * as msgpack from "@holdfast/msgpack";
  globalThis.holdfast = {
    ...client, ...durable, ...display, ...memory, ...trace, ...reactNative, ...protocol, ...msgpack,
  };
`;

/** The script; it leaves everything in a global `holdfast`. `also` is put behind it. */
export async function phoneBundle(also = ""): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entry + also, resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
    alias: Object.fromEntries(sourceAliases().map(({ name, path }) => [name, path])),
    bundle: true,
    format: "iife",
    target: "es2022",
    platform: "neutral",
    mainFields: ["module", "main"],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}
