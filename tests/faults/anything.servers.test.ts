import { openOnRealServers } from "../e2e/platform/real-servers.ts";
import { anythingSuite } from "../e2e/suites/anything-suite.ts";
import { isFull, rounds } from "./rounds.ts";

// Minutes of work: with `npm run faults:services`.
anythingSuite("two instances of each service on Kafka and InfluxDB", openOnRealServers, {
  services: ["gateway", "ingest", "rules"],
  instances: 2,
  kills: isFull ? rounds : 0,
});
