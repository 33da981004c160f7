import type { GatewayConfig } from "./config.ts";

/** What a record has beside the message: the topic, at most 64 KiB of it, key, headers, identity and the reason. */
const besideBytes = 160 * 1024;

/** The largest record with these settings: the largest packet of a device or a broker, and what is beside. */
export function maxRecordBytes({ mqtt, bridges }: Pick<GatewayConfig, "mqtt" | "bridges">): number {
  return besideBytes + Math.max(mqtt.maxPacketBytes, ...bridges.map(({ maxPacketBytes = 0 }) => maxPacketBytes));
}
