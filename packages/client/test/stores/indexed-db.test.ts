import { describe } from "vitest";

import { storeContract } from "./support/store-contract.ts";
import { indexedDbWorld } from "./support/store-world.ts";

describe("a store in IndexedDB", () => storeContract(indexedDbWorld));
