import { openOnRealServers } from "./platform/real-servers.ts";
import { pathSuite } from "./suites/path-suite.ts";

pathSuite("real Kafka and InfluxDB", openOnRealServers);
