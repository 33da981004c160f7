import { describe } from "vitest";
import { openBackends } from "./service.ts";
import { typeHistorySuite } from "./type-history-suite.ts";

describe("the embedded store", () => {
  typeHistorySuite(async () => ({ ...(await openBackends()), hasShadow: () => Promise.resolve(false) }));
});
