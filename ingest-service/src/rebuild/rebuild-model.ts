import type { RebuildEvent } from "@headwater/proto";
import type { FoldedEvents } from "@headwater/service";
import type { DatabaseSync } from "node:sqlite";
import type { ModelPart } from "../model/ingest-model.ts";
import { statementsOf } from "@headwater/event-log/read-model";

/** `shadowing` until each partition has its shadow; then the partitions are replaced. */
export type RebuildState = "shadowing" | "replacing" | "done" | "failed";
export type PartitionStep = "shadowed" | "replacing" | "replaced";

export interface Rebuild {
  readonly id: string;
  /** Event times, µs. */
  readonly from: number;
  readonly to: number;
  readonly by: string;
  readonly at: number;
  readonly partitions: number;
  readonly force: boolean;
  readonly state: RebuildState;
  readonly changedAt: number;
  /** Why it has failed. */
  readonly reason: string;
}

/** How far a partition is; without its first step it has no row. */
export interface RebuildPartition {
  readonly partition: number;
  readonly step: PartitionStep;
  readonly shadow: NonNullable<RebuildEvent["shadowed"]>;
  /** Where the partition stands still, or stood. */
  readonly position: number;
  readonly replaced: NonNullable<RebuildEvent["replaced"]> | undefined;
}

export interface RebuildPartOptions {
  readonly topic: string;
  readonly foldedEvents: FoldedEvents;
  /** Called after a batch with steps. */
  readonly onChanged: () => void;
}

/** Rebuilds that are over, beyond which the oldest are forgotten. */
const maxKept = 100;

/** rebuilds.v1 into tables. One rebuild is under way at a time: a request during another counts for nothing. */
export function rebuildPart({ topic, foldedEvents, onChanged }: RebuildPartOptions): ModelPart {
  return {
    topic,
    version: 1,
    migrate(db) {
      db.exec(`
        CREATE TABLE rebuilds (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, from_time INTEGER NOT NULL,
          to_time INTEGER NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL, partitions INTEGER NOT NULL,
          force INTEGER NOT NULL, state TEXT NOT NULL, changed_at INTEGER NOT NULL, reason TEXT NOT NULL);
        CREATE TABLE rebuild_partitions (id TEXT NOT NULL, partition INTEGER NOT NULL, step TEXT NOT NULL,
          shadow TEXT NOT NULL, position INTEGER NOT NULL, replaced TEXT, PRIMARY KEY (id, partition)) WITHOUT ROWID`);
    },
    apply(db, batch) {
      for (const record of batch.records) {
        const event = foldedEvents.rebuild(batch, record);
        if (event !== undefined) applyEvent(db, event, record.appendTime);
      }
    },
    onApplied: onChanged,
  };
}

function applyEvent(db: DatabaseSync, event: RebuildEvent, at: number): void {
  if (event.requested !== null) return applyRequest(db, event, at);
  const rebuild = findRebuild(db, event.id);
  if (rebuild === undefined || !isOpen(rebuild) || event.partition >= rebuild.partitions) return;
  if (event.failed !== null) return settle(db, event.id, "failed", at, event.failed.reason);
  const present = partitionOf(db, event.id, event.partition);
  if (event.shadowed !== null) {
    if (present?.step === "replaced") return;
    put(db, event.id, event.partition, "shadowed", shadowFrom(event.shadowed), event.shadowed.position);
    if (rebuild.state === "shadowing" && countOf(db, event.id, "") === rebuild.partitions) {
      settle(db, event.id, "replacing", at);
    }
    return;
  }
  if (present === undefined || present.step === "replaced" || rebuild.state !== "replacing") return;
  if (event.replacing !== null) {
    put(db, event.id, event.partition, "replacing", present.shadow, event.replacing.position);
  } else if (event.replaced !== null) {
    put(
      db,
      event.id,
      event.partition,
      "replaced",
      present.shadow,
      event.replaced.position,
      replacementFrom(event.replaced),
    );
    if (countOf(db, event.id, "replaced") === rebuild.partitions) settle(db, event.id, "done", at);
  }
}

function applyRequest(db: DatabaseSync, { id, requested }: RebuildEvent, at: number): void {
  if (openRebuild(db) !== undefined || findRebuild(db, id) !== undefined) return;
  const { from, to, by, partitions, force } = requested!;
  sql(
    db,
    `INSERT INTO rebuilds (id, from_time, to_time, by, at, partitions, force, state, changed_at, reason)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'shadowing', ?, '')`,
  ).run(id, from, to, by, at, partitions, force ? 1 : 0, at);
  const old = sql(db, "SELECT id FROM rebuilds ORDER BY seq DESC LIMIT -1 OFFSET ?").all(maxKept);
  for (const row of old) {
    sql(db, "DELETE FROM rebuilds WHERE id = ?").run(String(row["id"]));
    sql(db, "DELETE FROM rebuild_partitions WHERE id = ?").run(String(row["id"]));
  }
}

function put(
  db: DatabaseSync,
  id: string,
  partition: number,
  step: PartitionStep,
  shadow: RebuildPartition["shadow"],
  position: number,
  replaced?: NonNullable<RebuildEvent["replaced"]>,
): void {
  sql(
    db,
    `INSERT OR REPLACE INTO rebuild_partitions (id, partition, step, shadow, position, replaced)
     VALUES (?, ?, ?, ?, ?, ?)`,
  ).run(
    id,
    partition,
    step,
    JSON.stringify(shadow),
    position,
    replaced === undefined ? null : JSON.stringify(replaced),
  );
}

function settle(db: DatabaseSync, id: string, state: RebuildState, at: number, reason = ""): void {
  sql(db, "UPDATE rebuilds SET state = ?, changed_at = ?, reason = ? WHERE id = ?").run(state, at, reason, id);
}

/** Of its partitions, those at a step; at any, if it is "". */
function countOf(db: DatabaseSync, id: string, step: PartitionStep | ""): number {
  const row = sql(db, "SELECT count(*) AS count FROM rebuild_partitions WHERE id = ? AND (? = '' OR step = ?)").get(
    id,
    step,
    step,
  );
  return Number(row!["count"]);
}

export function isOpen({ state }: Rebuild): boolean {
  return state === "shadowing" || state === "replacing";
}

export function openRebuild(db: DatabaseSync): Rebuild | undefined {
  return rebuildFrom(sql(db, "SELECT * FROM rebuilds WHERE state IN ('shadowing', 'replacing')").get());
}

export function findRebuild(db: DatabaseSync, id: string): Rebuild | undefined {
  return rebuildFrom(sql(db, "SELECT * FROM rebuilds WHERE id = ?").get(id));
}

/** The newest first. */
export function listRebuilds(db: DatabaseSync): readonly Rebuild[] {
  return sql(db, "SELECT * FROM rebuilds ORDER BY seq DESC")
    .all()
    .map((row) => rebuildFrom(row)!);
}

export function partitionOf(db: DatabaseSync, id: string, partition: number): RebuildPartition | undefined {
  return partitionFrom(sql(db, "SELECT * FROM rebuild_partitions WHERE id = ? AND partition = ?").get(id, partition));
}

export function partitionsOf(db: DatabaseSync, id: string): readonly RebuildPartition[] {
  return sql(db, "SELECT * FROM rebuild_partitions WHERE id = ? ORDER BY partition")
    .all(id)
    .map((row) => partitionFrom(row)!);
}

/** As a plain object: the event leaves out what is 0 when it is made JSON. */
function shadowFrom(shadow: RebuildPartition["shadow"]): RebuildPartition["shadow"] {
  const { position, values, checksum, aside, storedValues, storedChecksum } = shadow;
  const { missing, altered, added, fromBeginning } = shadow;
  return {
    ...{ position, values, checksum, aside, storedValues, storedChecksum },
    ...{ missing, altered, added, fromBeginning },
  };
}

function replacementFrom(replaced: NonNullable<RebuildEvent["replaced"]>): RebuildPartition["replaced"] {
  const { position, values, checksum, written, deleted } = replaced;
  return { position, values, checksum, written, deleted };
}

type Row = Record<string, unknown> | undefined;

function rebuildFrom(row: Row): Rebuild | undefined {
  if (row === undefined) return undefined;
  return {
    ...{ id: String(row["id"]), from: Number(row["from_time"]), to: Number(row["to_time"]), by: String(row["by"]) },
    ...{
      at: Number(row["at"]),
      partitions: Number(row["partitions"]),
      force: row["force"] === 1,
      state: row["state"] as RebuildState,
    },
    ...{ changedAt: Number(row["changed_at"]), reason: String(row["reason"]) },
  };
}

function partitionFrom(row: Row): RebuildPartition | undefined {
  if (row === undefined) return undefined;
  const { replaced } = row;
  return {
    partition: Number(row["partition"]),
    step: row["step"] as PartitionStep,
    shadow: JSON.parse(String(row["shadow"])) as RebuildPartition["shadow"],
    position: Number(row["position"]),
    replaced: typeof replaced === "string" ? (JSON.parse(replaced) as RebuildPartition["replaced"]) : undefined,
  };
}

function sql(db: DatabaseSync, text: string) {
  return statementsOf(db).of(text);
}
