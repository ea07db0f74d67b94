/**
 * Everything that can go wrong in a simulated world. A run switches some of it on, and draws when
 * each fault strikes whom.
 */
import type { FaultTable } from "./fault.ts";
import { NETWORK_FAULTS } from "./network-faults.ts";
import { PROCESS_FAULTS } from "./process-faults.ts";
import { SERVER_FAULTS } from "./server-faults.ts";

export const FAULTS: FaultTable = { ...NETWORK_FAULTS, ...PROCESS_FAULTS, ...SERVER_FAULTS };
export const FAULT_NAMES: readonly string[] = Object.keys(FAULTS);
