import type { EventLog } from "@headwater/event-log";
import { EventReader, type ReadKind } from "./event-reader.ts";
import { undecodable } from "../quarantine/refusal.ts";
import type { QuarantinedMetrics } from "../quarantine/quarantined-metrics.ts";
import { RecountGate, type RecountedSeries } from "../series-guard/series-guard.ts";
import type { PartitionAccount } from "../accounts/account.ts";
import { SetAsideTally } from "../accounts/set-aside.ts";
import { readTelemetry } from "@headwater/proto/telemetry";

export interface Recounted {
  readonly account: PartitionAccount;
  /** Of what is stored. */
  readonly series: RecountedSeries;
}

export interface RecountOptions {
  readonly log: Pick<EventLog, "read">;
  readonly topic: string;
  readonly tagNames: readonly string[];
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
): Promise<Recounted> {
  const { partition, offset: fromOffset } = account;
  const quarantined = await options.quarantined(partition, fromOffset, toOffset);
  const gate = new RecountGate();
  const reader = new EventReader(account, options.tagNames, undefined, gate);
  let { stored, partlyStored, quarantined: whole } = account.outcomes;
  const setAside = new SetAsideTally(account.setAside);
  for await (const batch of options.log.read(options.topic, partition, { fromOffset, toOffset })) {
    // The points are not stored again; they only show which ones repeat a time.
    const sink = { points: [], sources: [] };
    for (const { offset, value, appendTime } of batch.records) {
      const refused = quarantined.get(offset);
      gate.turnTo(appendTime, refused);
      let kind: ReadKind;
      try {
        kind = reader.read(value, offset, 0, sink);
      } catch (error) {
        undecodable(error, 0);
        whole += 1;
        setAside.add("", "quarantined");
        continue;
      }
      if (kind !== "event" && typeof kind !== "object") continue;
      if (typeof kind === "object" && kind.kind === "derived") continue;
      if (refused === undefined) {
        stored += 1;
        continue;
      }
      const isWhole = refused.first.size === 0;
      if (isWhole) whole += 1;
      else partlyStored += 1;
      setAside.add(readTelemetry(value).gateway, isWhole ? "quarantined" : "partlyStored");
    }
  }
  const counted = reader.account(toOffset, { stored, partlyStored, quarantined: whole });
  return { account: { ...counted, setAside: setAside.all }, series: gate.heard() };
}
