import type { DatabaseSync } from "node:sqlite";
import { statementsOf } from "@headwater/event-log/read-model";

/** What a device and those before it have sent is to be deleted: all incarnations below that. */
export interface Erasure {
  readonly device: string;
  readonly below: number;
}

/** Beside the devices; `done` is what this instance has deleted from the store. */
export function createErasures(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE erasures (device TEXT PRIMARY KEY, partition INTEGER NOT NULL, below INTEGER NOT NULL, done INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX erasures_pending ON erasures (partition, device) WHERE done < below;
  `);
}

export function putErasure(db: DatabaseSync, partition: number, { device, below }: Erasure): void {
  statementsOf(db)
    .of(
      `INSERT INTO erasures (device, partition, below, done) VALUES (?, ?, ?, 0)
       ON CONFLICT (device) DO UPDATE SET below = excluded.below`,
    )
    .run(device, partition, below);
}
