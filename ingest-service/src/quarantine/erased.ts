import type { DatabaseSync, StatementSync } from "node:sqlite";
import { statementsOf } from "@headwater/event-log/read-model";
import { incarnationIn } from "@headwater/proto/telemetry";
import { drop } from "./quarantine-table.ts";

/** Entries that are looked at at once: nothing holds the event loop for long. */
const maxAtOnce = 1_000;

/** What says of whose life an entry is. */
interface Sent {
  readonly device: string;
  /** Which device of the id; null: whoever set it aside did not tell. */
  readonly incarnation: number | null;
  /** When the message came, at the latest when the log had it (µs). */
  readonly at: number;
  readonly stage: string;
  readonly logTopic: string;
  readonly payload: Uint8Array;
}

/** Whether it holds what a device has sent that was deleted with its data. */
export function isErased(db: DatabaseSync, sent: Sent): boolean {
  const erasure = sql(db, "SELECT below, until FROM erasures WHERE device = ?").get(sent.device);
  return erasure !== undefined && isOfErased(sent, Number(erasure["below"]), Number(erasure["until"]));
}

/** Of a message that nobody could read, and of which its gateway did not tell, the time is all there is. */
function isOfErased(
  { incarnation, at, stage, logTopic, payload }: Omit<Sent, "device">,
  below: number,
  until: number,
): boolean {
  if (incarnation !== null) return incarnation < below;
  const told = logTopic !== "" && stage === "store" ? incarnationIn(payload) : undefined;
  return told === undefined ? at <= until : told < below;
}

/** Whether there is something left to be swept. */
export function hasErased(db: DatabaseSync): boolean {
  return sql(db, "SELECT 1 FROM erasures WHERE swept < below LIMIT 1").get() !== undefined;
}

/** Deletes what entries hold of devices that were deleted with their data, some at a time. */
export function sweepErased(db: DatabaseSync): void {
  for (let left = maxAtOnce; left > 0;) {
    const erasure = sql(db, "SELECT device, below, until, swept_to FROM erasures WHERE swept < below LIMIT 1").get();
    if (erasure === undefined) return;
    const { device, below, until, swept_to: sweptTo } = erasure;
    const rows = sql(
      db,
      // The place of an event of the log stays, and is not looked at again.
      `SELECT seq, incarnation, at, stage, log_topic, payload FROM quarantine
       WHERE device = ? AND seq > ? AND (counts = 0 OR length(payload) > 0 OR fixed_payload IS NOT NULL)
       ORDER BY seq LIMIT ?`,
    ).all(device!, sweptTo!, left);
    for (const row of rows) {
      const sent = {
        ...{ at: Number(row["at"]), stage: String(row["stage"]), logTopic: String(row["log_topic"]) },
        incarnation: row["incarnation"] as number | null,
        payload: row["payload"] as Uint8Array,
      };
      if (isOfErased(sent, Number(below), Number(until))) drop(db, Number(row["seq"]), "erased");
    }
    if (rows.length < left) {
      sql(db, "UPDATE erasures SET swept = below, swept_to = 0 WHERE device = ?").run(device!);
    } else sql(db, "UPDATE erasures SET swept_to = ? WHERE device = ?").run(rows.at(-1)!["seq"]!, device!);
    left -= rows.length + 1;
  }
}

function sql(db: DatabaseSync, text: string): StatementSync {
  return statementsOf(db).of(text);
}
