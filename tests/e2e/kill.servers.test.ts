import { openOnRealServers } from "./platform/real-servers.ts";
import { serviceNames } from "./platform/platform.ts";
import { killSuite } from "./suites/kill-suite.ts";

killSuite("real Kafka and InfluxDB", openOnRealServers, serviceNames);
