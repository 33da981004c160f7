import { mergeSchemas, processSettings } from "@headwater/service";
import { eventLogSettings } from "@headwater/event-log";
import { timeSeriesSettings } from "@headwater/time-series";
import { gatewayConfig } from "@headwater/edge-gateway/config";
import { ingestSettings } from "@headwater/ingest-service/config";
import { rulesSettings } from "@headwater/rules-service/config";

/** Every setting of Headwater: the all-in-one reads them, `headwater config` prints them. */
export const allSettings = mergeSchemas(
  processSettings,
  eventLogSettings,
  timeSeriesSettings,
  gatewayConfig,
  ingestSettings,
  rulesSettings,
);

/**
 * Variables of the commands that speak to a running Headwater, of the project's own scripts and of compose.yaml, which
 * a shell may export to everything it starts.
 */
export const knownElsewhere = [
  "HEADWATER_URL",
  "HEADWATER_TOKEN",
  "HEADWATER_TOKEN_FILE",
  "HEADWATER_CACHE_DIR",
  "HEADWATER_BIND",
  "HEADWATER_VERSION",
  "HEADWATER_ADMIN_TOKEN",
  "HEADWATER_INFLUX_PASSWORD",
  "HEADWATER_GRAFANA_PASSWORD",
  "HEADWATER_PUBLIC_HOST",
  "HEADWATER_PUBLISHED_GATEWAY_PORT",
  "HEADWATER_PUBLISHED_GRAFANA_PORT",
  "HEADWATER_PUBLISHED_HTTP_PORT",
  "HEADWATER_PUBLISHED_MQTT_PORT",
  "HEADWATER_PUBLISHED_RULES_PORT",
  "HEADWATER_PUBLISHED_SECOND_GATEWAY_PORT",
  "HEADWATER_PUBLISHED_SECOND_HTTP_PORT",
  "HEADWATER_PUBLISHED_SECOND_MQTT_PORT",
  "HEADWATER_PUBLISHED_SECOND_RULES_PORT",
];
