import type { HostedService } from "@headwater/service";
import { createGatewayApp, type GatewayApp } from "./app.ts";
import { gatewayConfig } from "./config.ts";
import { checkSettings } from "./check-settings.ts";
import { maxRecordBytes } from "./record-bytes.ts";

/** The gateway for the host. */
export const gatewayService: HostedService<typeof gatewayConfig, GatewayApp> = {
  name: "gateway",
  settings: gatewayConfig,
  // An append to the embedded log is the durable write; in front of Kafka the spool is.
  create: (context) =>
    createGatewayApp({ ...context, durable: context.config.eventLog.kind === "embedded" ? "log" : "spool" }),
  check: checkSettings,
  maxRecordBytes: (config) => maxRecordBytes(config),
  addresses: (gateway) => gateway.mqttAddresses.map(({ url }) => url),
};
