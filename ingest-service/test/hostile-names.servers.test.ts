import { describe } from "vitest";
import { hostileNamesSuite } from "./hostile-names-suite.ts";
import { openInfluxBackends } from "./influx-backends.ts";

describe("hostile names and values in InfluxDB", () => {
  hostileNamesSuite(openInfluxBackends);
});
