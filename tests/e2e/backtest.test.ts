import { openEmbedded } from "./platform/embedded.ts";
import { backtestSuite } from "./suites/backtest-suite.ts";

backtestSuite("the embedded log", openEmbedded);
