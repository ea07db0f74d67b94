/** The command behind `npm start`: starts the demo, says where it is, and ends it on Ctrl-C. */
import { fileURLToPath } from "node:url";

import { startChat, type Chat } from "./server.ts";

const FIRST_PORT = 8_080;
/** How many ports are tried when none is asked for. */
const PORTS_TRIED = 20;
const dataFolder =
  process.env["HOLDFAST_CHAT_DATA"] || fileURLToPath(new URL("../data", import.meta.url));

async function start(): Promise<Chat> {
  const asked = process.env["PORT"];
  if (asked) return await startChat({ port: Number(asked), dataFolder });
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS_TRIED; port++) {
    try {
      return await startChat({ port, dataFolder });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
  return await startChat({ port: 0, dataFolder });
}

try {
  const chat = await start();
  console.log(`\n  The Holdfast chat is at ${chat.url}   (Ctrl-C ends it)\n`);
  // The second signal finds no listener any more and ends the process as it stands.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void chat.close());
} catch (error) {
  console.error(`The demo could not start: ${error instanceof Error ? error.message : "unknown"}`);
  process.exitCode = 1;
}
