import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { rebuildSuite } from "./rebuild-suite.ts";
import { openBackends } from "./service.ts";

describe("a range made again from the log, in the embedded store", () => {
  rebuildSuite(async () => {
    const backends = await openBackends();
    const shadows = join(backends.folder, "store", "shadow");
    return { ...backends, hasShadow: () => Promise.resolve(existsSync(shadows)) };
  });
});
