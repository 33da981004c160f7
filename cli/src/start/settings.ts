import { mergeSchemas, processSettings } from "@headwater/service-kit";
import { eventLogSettings } from "@headwater/event-log";
import { timeSeriesSettings } from "@headwater/time-series";
import { gatewayConfig } from "@headwater/edge-gateway/config";
import { ingestSettings } from "@headwater/ingest-service/config";
import { rulesSettings } from "@headwater/rules-service/config";

/** Every setting there is: what the all-in-one reads and `headwater config` prints. */
export const allSettings = mergeSchemas(
  processSettings,
  eventLogSettings,
  timeSeriesSettings,
  gatewayConfig,
  ingestSettings,
  rulesSettings,
);
