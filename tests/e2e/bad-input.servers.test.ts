import { openOnRealServers } from "./platform/real-servers.ts";
import { badInputSuite } from "./suites/bad-input-suite.ts";

badInputSuite("real Kafka and InfluxDB", openOnRealServers);
