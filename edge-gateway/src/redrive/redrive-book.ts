import type { EventLog, LogBatch, LogRecord } from "@headwater/event-log";
import { openReadModel, statementsOf, type ReadModel } from "@headwater/event-log/read-model";
import { eventSchemaVersion, type QuarantineEvent } from "@headwater/proto";
import type { Logger } from "@headwater/core";
import type { FoldedEvents } from "@headwater/service";
import type { DatabaseSync } from "node:sqlite";

export interface RedriveBookOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly file: string;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
}

/** An attempt that a gateway is asked to make, and which has not ended. */
export interface RedriveRequest {
  readonly id: string;
  readonly attempt: number;
  readonly device: string;
  /** When it was first taken, µs. */
  readonly at: number;
  /** Which device of the id sent it; undefined: whoever set it aside did not tell. */
  readonly incarnation: number | undefined;
  /** "decode": a message on a topic; "log": a record of telemetry.v1. */
  readonly stage: string;
  readonly payload: Uint8Array;
  readonly mqttTopic: string;
  /** The gateway that took it first. */
  readonly takenBy: string;
  /** The gateway whose claim was the first; "": none has claimed it. */
  readonly claim: string;
  /** Of quarantine.v1. */
  readonly partition: number;
}

/** As long as quarantine.v1 keeps them, µs. */
const retention = 30 * 24 * 60 * 60 * 1_000_000;

/** Which entries of quarantine gateways are asked to take again, by the log. */
export class RedriveBook {
  readonly #options: RedriveBookOptions;
  readonly #model: ReadModel;
  /** Told that something was asked for, claimed or ended. */
  onChanged?: () => void;

  constructor(options: RedriveBookOptions) {
    this.#options = options;
    this.#model = openReadModel({
      file: options.file,
      schemaVersion: `3.${eventSchemaVersion}`,
      topics: [options.topic],
      log: options.log,
      logger: options.logger,
      migrate(db) {
        db.exec(`
          CREATE TABLE request (id TEXT PRIMARY KEY, attempt INTEGER NOT NULL, open INTEGER NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL, device TEXT NOT NULL, at INTEGER NOT NULL, incarnation INTEGER, stage TEXT NOT NULL, payload BLOB NOT NULL, topic TEXT NOT NULL, taken_by TEXT NOT NULL, claim TEXT NOT NULL, asked_at INTEGER NOT NULL) WITHOUT ROWID;
          CREATE INDEX request_open ON request (partition, position, claim) WHERE open = 1;
          CREATE INDEX request_device ON request (device, position, claim) WHERE open = 1;
          CREATE INDEX request_asked ON request (asked_at);
        `);
      },
      apply: (db, batch) => this.#apply(db, batch),
      onApplied: () => this.onChanged?.(),
    });
  }

  async start(): Promise<void> {
    await this.#model.start({ allowStale: true, withinMs: 0 });
  }

  async stop(): Promise<void> {
    await this.#model.stop();
  }

  get died(): Promise<never> {
    return this.#model.died;
  }

  get caughtUp(): boolean {
    return this.#model.caughtUp;
  }

  /** The first open requests that no other gateway has claimed, in the order of each partition. */
  openFor(gateway: string, limit: number): readonly RedriveRequest[] {
    return statementsOf(this.#model.db)
      .of("SELECT * FROM request WHERE open = 1 AND claim IN ('', ?) ORDER BY partition, position LIMIT ?")
      .all(gateway, limit)
      .map((row) => ({
        id: String(row["id"]),
        attempt: Number(row["attempt"]),
        device: String(row["device"]),
        at: Number(row["at"]),
        incarnation: row["incarnation"] === null ? undefined : Number(row["incarnation"]),
        stage: String(row["stage"]),
        payload: row["payload"] as Uint8Array,
        mqttTopic: String(row["topic"]),
        takenBy: String(row["taken_by"]),
        claim: String(row["claim"]),
        partition: Number(row["partition"]),
      }));
  }

  /** Whether another gateway has claimed an open request of the same device that comes before. */
  isBehindOthers({ id, device }: RedriveRequest, gateway: string): boolean {
    const found = statementsOf(this.#model.db)
      .of(
        `SELECT 1 FROM request AS own JOIN request AS other
         ON other.open = 1 AND other.device = own.device AND other.position < own.position
           AND other.partition = own.partition AND other.claim NOT IN ('', ?)
         WHERE own.id = ? AND own.device = ? LIMIT 1`,
      )
      .get(gateway, id, device);
    return found !== undefined;
  }

  #apply(db: DatabaseSync, batch: LogBatch): void {
    for (const record of batch.records) {
      const event = this.#options.folded.quarantine(batch, record);
      if (event !== undefined) applyEvent(db, event, batch.partition, record);
    }
    const newest = batch.records.at(-1)!.appendTime;
    statementsOf(db)
      .of("DELETE FROM request WHERE asked_at < ?")
      .run(newest - retention);
  }
}

function applyEvent(db: DatabaseSync, event: QuarantineEvent, partition: number, record: LogRecord): void {
  const { id, attempt, fixed, requested, claimed } = event;
  if (fixed !== null) return;
  if (requested !== null) {
    const isOpen = event.stage === "store" ? 0 : 1;
    statementsOf(db)
      .of(
        `INSERT INTO request (id, attempt, open, partition, position, device, at, incarnation, stage, payload, topic, taken_by,
         claim, asked_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)
       ON CONFLICT (id) DO UPDATE SET attempt = excluded.attempt, open = excluded.open, position = excluded.position,
         at = excluded.at, incarnation = excluded.incarnation, stage = excluded.stage, payload = excluded.payload, topic = excluded.topic, claim = '',
         asked_at = excluded.asked_at WHERE excluded.attempt > attempt`,
      )
      .run(
        ...([
          id,
          attempt,
          isOpen,
          partition,
          record.offset,
          event.device,
          event.at,
          event.incarnation,
          event.stage,
          event.payload,
        ] as const),
        ...([event.mqttTopic, event.gateway, record.appendTime] as const),
      );
  } else if (claimed !== null) {
    statementsOf(db)
      .of("UPDATE request SET claim = ? WHERE id = ? AND attempt = ? AND claim = '' AND open = 1")
      .run(claimed.gateway, id, attempt);
  } else {
    // It has ended: as an event, or as the entry again.
    statementsOf(db).of("UPDATE request SET open = 0, payload = x'' WHERE id = ? AND attempt <= ?").run(id, attempt);
  }
}
