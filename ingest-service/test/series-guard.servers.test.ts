import { openInfluxBackends } from "./influx-backends.ts";
import { seriesGuardSuite } from "./series-guard-suite.ts";

seriesGuardSuite(openInfluxBackends);
