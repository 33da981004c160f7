import { describe } from "vitest";
import { hostileNamesSuite } from "./hostile-names-suite.ts";
import { openBackends } from "./service.ts";

describe("hostile names and values in the embedded store", () => {
  hostileNamesSuite(async () => ({ ...(await openBackends()), hasShadow: () => Promise.resolve(false) }));
});
