/** All planted faults, by the part of the product that they are planted in. */
import { connectionFaults } from "./connection-faults.ts";
import type { PlantedFault } from "./planted-fault.ts";
import { serverFaults } from "./server-faults.ts";
import { sessionFaults } from "./session-faults.ts";
import { syncFaults } from "./sync-faults.ts";
import { transactionFaults } from "./transaction-faults.ts";

export const catalogue: readonly (readonly [part: string, faults: readonly PlantedFault[]])[] = [
  ["The connection", connectionFaults],
  ["Sessions, calls, credentials, the wire", sessionFaults],
  ["Transactions and sync", [...transactionFaults, ...syncFaults]],
  ["The server", serverFaults],
];
