import { openOnRealServers } from "./platform/real-servers.ts";
import { backtestSuite } from "./suites/backtest-suite.ts";

backtestSuite("Kafka", openOnRealServers);
