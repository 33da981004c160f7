import type { EventLog } from "@headwater/event-log";
import { EventReader, type ReadKind } from "./event-reader.ts";
import { undecodable } from "../quarantine/refusal.ts";
import type { QuarantinedMetrics } from "../quarantine/quarantine-model.ts";
import type { PartitionAccount } from "../accounts/account.ts";

export interface RecountOptions {
  readonly log: Pick<EventLog, "read">;
  readonly topic: string;
  /**
   * The quarantined metrics of the partition, by offset. Resolves once every record is known that was quarantined
   * before the call.
   */
  quarantined(partition: number, from: number, to: number): Promise<QuarantinedMetrics>;
}

/**
 * Counts records that another instance has projected, by reading them: a committed record that is not in quarantine is
 * stored.
 */
export async function recount(
  options: RecountOptions,
  account: PartitionAccount,
  toOffset: number,
): Promise<PartitionAccount> {
  const { partition, offset: fromOffset } = account;
  const quarantined = await options.quarantined(partition, fromOffset, toOffset);
  const reader = new EventReader(account, []);
  let { stored, partlyStored, quarantined: whole } = account.outcomes;
  for await (const batch of options.log.read(options.topic, partition, { fromOffset, toOffset })) {
    // The points are not stored again; they only show which ones repeat a time.
    const sink = { points: [], sources: [] };
    for (const { offset, value } of batch.records) {
      let kind: ReadKind;
      try {
        kind = reader.read(value, offset, 0, sink);
      } catch (error) {
        undecodable(error, 0);
        whole += 1;
        continue;
      }
      if (kind !== "event" && typeof kind !== "object") continue;
      const metrics = quarantined.get(offset);
      if (metrics === undefined) stored += 1;
      else if (metrics.length === 0) whole += 1;
      else partlyStored += 1;
    }
  }
  return reader.account(toOffset, { stored, partlyStored, quarantined: whole });
}
