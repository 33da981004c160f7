import { openEmbedded } from "./platform/embedded.ts";
import { badInputSuite } from "./suites/bad-input-suite.ts";

badInputSuite("the embedded log and store", openEmbedded);
