import { openEmbedded } from "./platform/embedded.ts";
import { killSuite } from "./suites/kill-suite.ts";

killSuite("the all-in-one", openEmbedded, ["gateway"]);
