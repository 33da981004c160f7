import type { DatabaseSync } from "node:sqlite";
import type { OutcomeCounts, PartitionAccount } from "../accounts/account.ts";
import { SetAsideTally } from "../accounts/set-aside.ts";
import { statementsOf } from "@headwater/event-log/read-model";

/** What of a record was set aside when it was projected first, and what of it still is. */
export interface QuarantinedRecordMetrics {
  /** Empty: the whole record. */
  readonly first: ReadonlySet<string>;
  /** undefined: nothing any more. */
  readonly now: ReadonlySet<string> | undefined;
  /** For want of room for their series. */
  readonly isOfSeries: boolean;
}

/** Records of a partition that are or were in quarantine, by their offset. */
export type QuarantinedMetrics = ReadonlyMap<number, QuarantinedRecordMetrics>;

/** `from` is inclusive, `to` is not. */
export function quarantinedMetrics(
  db: DatabaseSync,
  topic: string,
  partition: number,
  from: number,
  to: number,
): QuarantinedMetrics {
  const rows = statementsOf(db)
    .of(
      `SELECT log_offset, metrics, first_metrics, cause, outcome FROM quarantine
       WHERE log_topic = ? AND log_partition = ? AND log_offset >= ? AND log_offset < ? AND stage <> 'log'`,
    )
    .all(topic, partition, from, to);
  return new Map(
    rows.map((row) => [
      Number(row["log_offset"]),
      {
        first: metricsOf(row["first_metrics"]),
        now: row["outcome"] === 0 ? undefined : metricsOf(row["metrics"]),
        isOfSeries: row["cause"] !== "",
      },
    ]),
  );
}

function metricsOf(json: unknown): ReadonlySet<string> {
  return new Set(JSON.parse(String(json)) as string[]);
}

/**
 * The account with its events where they are now: what was quarantined or partly stored when it was projected, and was
 * re-driven since, moves to another column. The sum of the columns stays.
 */
export function movedAccount(db: DatabaseSync, topic: string, account: PartitionAccount): PartitionAccount {
  if (!db.isOpen) return account;
  const rows = statementsOf(db)
    .of(
      `SELECT gateway, first_outcome, outcome, count(*) AS events FROM quarantine
       WHERE log_topic = ? AND log_partition = ? AND log_offset >= ? AND log_offset < ?
         AND counts = 1 AND outcome <> first_outcome GROUP BY gateway, first_outcome, outcome
       ORDER BY gateway DESC`,
    )
    .all(topic, account.partition, account.from, account.offset);
  if (rows.length === 0) return account;
  const counts = { ...account.outcomes };
  const setAside = new SetAsideTally(account.setAside);
  for (const row of rows) {
    const from = columns[Number(row["first_outcome"])]!;
    const to = columns[Number(row["outcome"])]!;
    // A record that another instance projected otherwise cannot move out of a column that it is not in.
    const events = Math.min(Number(row["events"]), counts[from]);
    counts[from] -= events;
    counts[to] += events;
    const gateway = String(row["gateway"]);
    // An entry whose bytes did not fit does not tell the gateway: then it is one that has such events.
    const those = gateway === "" ? account.setAside.map((each) => each.gateway) : [gateway];
    move(setAside, those, { from, to, events });
  }
  return { ...account, outcomes: counts, setAside: setAside.all };
}

function move(
  setAside: SetAsideTally,
  gateways: readonly string[],
  { from, to, events }: { readonly from: Column; readonly to: Column; readonly events: number },
): void {
  let left = events;
  for (const gateway of gateways) {
    const moved = from === "stored" ? left : setAside.take(gateway, from, left);
    if (to !== "stored" && moved > 0) setAside.add(gateway, to, moved);
    left -= moved;
  }
}

type Column = keyof OutcomeCounts;

/** By the number of an outcome in the read model. */
const columns = ["stored", "partlyStored", "quarantined"] as const satisfies readonly (keyof OutcomeCounts)[];
