export { brokerRoutes } from "./broker-routes.ts";
export {
  defaultDecodeLimits,
  type MessageEffects,
  type DecodeLimits,
  type DecodedMessage,
  type Decoder,
  type PresenceReport,
  type Publication,
} from "./decoder.ts";
export { templateNames } from "./device-template.ts";
export { UnplacedTime } from "./device-time.ts";
export { FirmwareTopics } from "./profiles/firmware-topics.ts";
export { InexactNumber, parseJson } from "./json-text.ts";
export { routeConfig, userPropertyNames, type RouteConfig } from "./route-config.ts";
export { type Routes } from "./routes.ts";
export { commandFiltersOf } from "./sparkplug/own-filters.ts";
export { asksForRebirth } from "./sparkplug/payload.ts";
export { writePayload as writeSparkplug, type WrittenMetric as SparkplugMetric } from "./sparkplug/write-payload.ts";
export { TopicPattern } from "./topic-pattern.ts";
