import type { EventLog } from "@headwater/event-log";
import { events, type TelemetryRecord } from "@headwater/proto";
import { DeviceTable } from "../projection/device-table.ts";
import { undecodable } from "../quarantine/quarantiner.ts";
import type { QuarantinedMetrics } from "../quarantine/quarantine-model.ts";
import type { PartitionAccount } from "./account.ts";
import { Counting } from "./counting.ts";

export interface RecountOptions {
  readonly log: Pick<EventLog, "read">;
  readonly topic: string;
  /** What of the partition is in quarantine, by offset. Resolves once everything is known that was quarantined before the call. */
  quarantined(partition: number, from: number, to: number): Promise<QuarantinedMetrics>;
}

const nothing = Buffer.from([0]);

/**
 * Counts a stretch that another instance has projected, by reading it: what is committed and not in quarantine is stored.
 */
export async function recount(
  options: RecountOptions,
  account: PartitionAccount,
  toOffset: number,
): Promise<PartitionAccount> {
  const { partition, offset: fromOffset } = account;
  const quarantined = await options.quarantined(partition, fromOffset, toOffset);
  const counting = new Counting(account);
  const devices = new DeviceTable();
  let { stored, partlyStored, quarantined: whole } = account.outcomes;
  for await (const batch of options.log.read(options.topic, partition, { fromOffset, toOffset })) {
    for (const { offset, value } of batch.records) {
      const metrics = quarantined.get(offset);
      let record: TelemetryRecord;
      try {
        record = events.telemetry.decode(value ?? nothing);
      } catch (error) {
        undecodable(error, 0);
        counting.addUndecodable();
        whole += 1;
        continue;
      }
      const device = record.readings.length === 0 ? undefined : devices.of(record.device);
      if (counting.add(record, offset, device) !== "event") continue;
      if (metrics === undefined) stored += 1;
      else if (metrics.length === 0) whole += 1;
      else partlyStored += 1;
    }
  }
  return counting.account(toOffset, { stored, partlyStored, quarantined: whole });
}
