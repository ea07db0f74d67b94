import { describe } from "vitest";

import { storeContract } from "./support/store-contract.ts";
import { sqliteWorld } from "./support/store-world.ts";

describe("a store in SQLite", () => storeContract(sqliteWorld));
