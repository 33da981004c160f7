import { openEmbedded } from "./platform/embedded.ts";
import { pathSuite } from "./suites/path-suite.ts";

pathSuite("the embedded log and store", openEmbedded);
