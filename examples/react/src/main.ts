/** The command behind `npm run start:react`: starts the example, and ends it on Ctrl-C. */
import { fileURLToPath } from "node:url";

import { startExample } from "./server.ts";

const example = await startExample({
  port: Number(process.env["PORT"] ?? 8_090),
  dataFolder:
    process.env["HOLDFAST_REACT_DATA"] ?? fileURLToPath(new URL("../data", import.meta.url)),
  mode: process.env["NODE_ENV"] ?? "production",
});
console.log(`\n  The React example is at ${example.url}   (Ctrl-C ends it)\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void example.close());
