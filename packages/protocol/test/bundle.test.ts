import { build } from "esbuild";
import { expect, test } from "vitest";

test.each([
  ["jsonClientCodec", "tokenAccepted", ["unsubscribe:", "tooFarBehind"]],
  ["jsonDurableClientCodec", "tooFarBehind", ["unsubscribe:"]],
  ["jsonServerCodec", "instanceId", ["tokenAccepted", "tooFarBehind"]],
])(
  "a bundle with %s carries neither the other side's table nor what it does not speak",
  async (name, own, others) => {
    const { outputFiles } = await build({
      stdin: {
        contents: `export { ${name} } from "../src/index.ts";`,
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
    });
    const code = outputFiles[0]?.text ?? "";
    expect(code).toContain(own);
    for (const other of others) expect(code).not.toContain(other);
    expect(code).not.toContain("unknownMethod");
  },
);
