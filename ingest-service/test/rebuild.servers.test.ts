import { describe } from "vitest";
import { openInfluxBackends } from "./influx-backends.ts";
import { rebuildSuite } from "./rebuild-suite.ts";

describe("a range made again from the log, in InfluxDB", () => {
  rebuildSuite(openInfluxBackends);
});
