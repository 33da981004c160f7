import type { LogGap } from "../event-log.ts";
import type { Cluster } from "./cluster.ts";

const reasons: Readonly<Record<LogGap["reason"], string>> = {
  damaged: "it was damaged in three fetches",
  "too-large": "it unpacks to more than HEADWATER_KAFKA_MAX_UNPACKED_BYTES allows",
  unreadable: "it is in no form that is known",
};

/** A reader goes past a gap: the log says so, and whoever opened the log is told. */
export function reportGap(cluster: Cluster, gap: LogGap): void {
  const { topic, partition, fromOffset, toOffset, reason } = gap;
  cluster.settings.logger.error(
    { topic, partition, fromOffset, toOffset, reason },
    `records in Kafka cannot be read and are passed over: ${reasons[reason]}`,
  );
  cluster.settings.onGap(gap);
}
