/** What figures depend on beside the code. */
import { availableParallelism, cpus, loadavg, release, totalmem, type as system } from "node:os";

import { canPin } from "./processes.ts";

/** In a line. */
export function machineText(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const pinned = canPin ? "pinned to cores" : "not pinned to cores: no taskset";
  const cores = `${availableParallelism()} cores of ${cpu?.model.trim() ?? "an unknown kind"}`;
  return `Node ${process.version}, ${system()} ${release()}, ${cores}, ${memory}, ${pinned}`;
}

/** How busy the machine was before, as processes that want a core. */
export function loadBefore(): number {
  return loadavg()[0] ?? 0;
}
