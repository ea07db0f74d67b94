import { build } from "esbuild";
import { expect, test } from "vitest";

test.each([
  ["jsonClientCodec", "tokenAccepted", "unsubscribe:"],
  ["jsonServerCodec", "instanceId", "tokenAccepted"],
])(
  "a bundle with %s does not carry the other side's table, nor a later release's",
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
    expect(code).not.toContain(others);
    expect(code).not.toContain("tooFarBehind");
    expect(code).not.toContain("unknownMethod");
  },
);
