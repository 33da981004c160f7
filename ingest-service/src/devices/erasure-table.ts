import type { DatabaseSync } from "node:sqlite";
import { statementsOf } from "@headwater/event-log/read-model";

/** What a device and those before it have sent is to be deleted: all incarnations below that. */
export interface Erasure {
  readonly device: string;
  readonly below: number;
  /** When the last of them was deleted (µs); 0: not known any more. */
  readonly until?: number;
}

/** Beside the devices; `done` is what this instance has deleted from the store, `swept` what from quarantine. */
export function createErasures(db: DatabaseSync): void {
  db.exec(`
    CREATE TABLE erasures (device TEXT PRIMARY KEY, partition INTEGER NOT NULL, below INTEGER NOT NULL, done INTEGER NOT NULL,
      until INTEGER NOT NULL, swept INTEGER NOT NULL DEFAULT 0, swept_to INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    CREATE INDEX erasures_pending ON erasures (partition, device) WHERE done < below;
    CREATE INDEX erasures_unswept ON erasures (device) WHERE swept < below;
  `);
}

export function putErasure(db: DatabaseSync, partition: number, { device, below, until = 0 }: Erasure): void {
  statementsOf(db)
    .of(
      `INSERT INTO erasures (device, partition, below, done, until) VALUES (?, ?, ?, 0, ?)
       ON CONFLICT (device) DO UPDATE SET below = excluded.below, until = excluded.until, swept_to = 0
         WHERE excluded.below > below`,
    )
    .run(device, partition, below, until);
}
