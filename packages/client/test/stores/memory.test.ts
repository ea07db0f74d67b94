import { describe } from "vitest";

import { storeContract } from "./support/store-contract.ts";
import { memoryWorld } from "./support/store-world.ts";

describe("a store in memory", () => storeContract(memoryWorld));
