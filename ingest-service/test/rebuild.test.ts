import { describe } from "vitest";
import { rebuildSuite } from "./rebuild-suite.ts";
import { openBackends } from "./service.ts";

describe("a range made again from the log, in the embedded store", () => {
  rebuildSuite(openBackends);
});
