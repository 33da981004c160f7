import { seriesGuardSuite } from "./series-guard-suite.ts";
import { openBackends } from "./service.ts";

seriesGuardSuite(openBackends);
