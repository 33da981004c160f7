import { foldCommand, isFinal, type CommandState } from "@headwater/aggregates";
import type { EventLog, LogBatch } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { openReadModel, type ReadModel } from "@headwater/read-model";
import { DecodeError, type Logger } from "@headwater/service-kit";
import type { DatabaseSync, StatementSync } from "node:sqlite";

export interface CommandBookOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly file: string;
  readonly logger: Logger;
}

/** A command that has ended is known so much longer, for replies that come late (µs). */
const keptAfterEnd = 24 * 60 * 60 * 1_000_000;

/** What commands there are, by the log: the state of each that may still need something of a gateway. */
export class CommandBook {
  readonly #options: CommandBookOptions;
  readonly #model: ReadModel;
  #find: StatementSync | undefined;
  #findOpen: StatementSync | undefined;
  /** Told whose commands have changed. */
  onChanged?: (devices: ReadonlySet<string>) => void;

  constructor(options: CommandBookOptions) {
    this.#options = options;
    this.#model = openReadModel({
      file: options.file,
      schemaVersion: "1",
      topics: [options.topic],
      log: options.log,
      logger: options.logger,
      migrate: (db) => {
        db.exec(`
          CREATE TABLE command (id TEXT PRIMARY KEY, device TEXT NOT NULL, open INTEGER NOT NULL, deadline INTEGER NOT NULL, position INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
          CREATE INDEX command_open ON command (device, position) WHERE open = 1;
          CREATE INDEX command_ended ON command (deadline) WHERE open = 0;
        `);
      },
      apply: (db, batch) => this.#apply(db, batch),
      onApplied: (batch) => this.onChanged?.(devicesOf(batch)),
    });
  }

  async start(): Promise<void> {
    await this.#model.start({ allowStale: true, withinMs: 2000 });
  }

  async stop(): Promise<void> {
    await this.#model.stop();
  }

  get died(): Promise<never> {
    return this.#model.died;
  }

  /** Whether it is at the log's head; what it says before is old. */
  get caughtUp(): boolean {
    return this.#model.caughtUp;
  }

  get(id: string): CommandState | undefined {
    this.#find ??= this.#model.db.prepare("SELECT state FROM command WHERE id = ?");
    const row = this.#find.get(id) as { state: string } | undefined;
    return row === undefined ? undefined : (JSON.parse(row.state) as CommandState);
  }

  /** The commands of a device that have not ended, in the order of their requests. */
  open(device: string): CommandState[] {
    this.#findOpen ??= this.#model.db.prepare(
      "SELECT state FROM command WHERE device = ? AND open = 1 ORDER BY position LIMIT 1000",
    );
    return (this.#findOpen.all(device) as { state: string }[]).map(({ state }) => JSON.parse(state) as CommandState);
  }

  #apply(db: DatabaseSync, batch: LogBatch): void {
    const { topic, partition } = batch;
    const find = db.prepare("SELECT state FROM command WHERE id = ?");
    const put = db.prepare(
      "INSERT OR REPLACE INTO command (id, device, open, deadline, position, state) VALUES (?, ?, ?, ?, ?, ?)",
    );
    for (const { value, offset, appendTime } of batch.records) {
      if (value === null) continue;
      const event = decode(value);
      if (event === undefined) {
        this.#options.logger.error({ topic, partition, offset }, "an undecodable command event was passed over");
        continue;
      }
      const row = find.get(event.commandId) as { state: string } | undefined;
      const before = row === undefined ? undefined : (JSON.parse(row.state) as CommandState);
      const state = foldCommand(before, event, { topic, partition, offset, appendTime });
      if (state === undefined || state === before) continue;
      put.run(
        state.id,
        state.device,
        isFinal(state) ? 0 : 1,
        state.deadline,
        state.position.offset,
        JSON.stringify(state),
      );
    }
    const latest = batch.records.at(-1)!.appendTime;
    db.prepare("DELETE FROM command WHERE open = 0 AND deadline < ?").run(latest - keptAfterEnd);
    // Whoever writes that it expired may be away for long: nobody sends it any more either way.
    db.prepare("DELETE FROM command WHERE open = 1 AND deadline < ?").run(latest - 7 * keptAfterEnd);
  }
}

function devicesOf(batch: LogBatch): Set<string> {
  return new Set(batch.records.flatMap(({ key }) => (key === null ? [] : [Buffer.from(key).toString()])));
}

function decode(value: Uint8Array): ReturnType<typeof events.command.decode> | undefined {
  try {
    return events.command.decode(value);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
