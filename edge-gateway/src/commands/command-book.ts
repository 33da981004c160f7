import { foldCommand, isFinal, lateCause, type CommandState } from "@headwater/aggregates";
import type { EventLog, LogBatch } from "@headwater/event-log";
import { eventSchemaVersion } from "@headwater/proto";
import { openReadModel, statementsOf, type ReadModel } from "@headwater/event-log/read-model";
import { nowMicros, type Logger } from "@headwater/core";
import type { FoldedEvents } from "@headwater/service";
import type { DatabaseSync, StatementSync } from "node:sqlite";

export interface CommandBookOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly file: string;
  readonly logger: Logger;
  readonly folded: FoldedEvents;
}

/** A command that has ended is known so much longer, for replies that come late (µs). */
const keptAfterEnd = 24 * 60 * 60 * 1_000_000;

/** What commands there are, by the log: the state of each that may still need something of a gateway. */
export class CommandBook {
  readonly #options: CommandBookOptions;
  readonly #model: ReadModel;
  #find: StatementSync | undefined;
  #findClaimed: StatementSync | undefined;
  #findFree: StatementSync | undefined;
  #findWaiting: StatementSync | undefined;
  readonly #logTime = new LogTime();
  /** Told whose commands have changed. */
  onChanged?: (devices: ReadonlySet<string>) => void;

  constructor(options: CommandBookOptions) {
    this.#options = options;
    this.#model = openReadModel({
      file: options.file,
      schemaVersion: `4.${eventSchemaVersion}`,
      topics: [options.topic],
      log: options.log,
      logger: options.logger,
      migrate: (db) => {
        db.exec(`
          CREATE TABLE command (id TEXT PRIMARY KEY, device TEXT NOT NULL, open INTEGER NOT NULL, deadline INTEGER NOT NULL, position INTEGER NOT NULL, claim TEXT, free INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
          CREATE INDEX command_free ON command (device, position) WHERE free = 1;
          CREATE INDEX command_claimed ON command (claim, device, position) WHERE claim IS NOT NULL;
          CREATE INDEX command_open ON command (deadline) WHERE open = 1;
          CREATE INDEX command_ended ON command (deadline) WHERE open = 0;
        `);
      },
      apply: (db, batch) => this.#apply(db, batch),
      onApplied: (batch) => {
        if (this.#model.caughtUp) this.#logTime.observe(batch.records.at(-1)!.appendTime, nowMicros());
        this.onChanged?.(devicesOf(batch));
      },
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

  /**
   * What the log's clock says now (µs), as far as it is known here: the wall clock, put right by what the log appended
   * last.
   */
  get logTime(): number {
    return this.#logTime.at(nowMicros());
  }

  /**
   * Commands of a device that were claimed for this session and have neither reached the device nor ended, in the order
   * of their requests. All devices behind the broker of a bridge share one session.
   */
  claimedFor(device: string, gateway: string, session: string): CommandState[] {
    this.#findClaimed ??= this.#model.db.prepare(
      "SELECT state FROM command WHERE claim = ? AND device = ? ORDER BY position",
    );
    return statesOf(this.#findClaimed.all(claimOf(gateway, session), device));
  }

  /**
   * The first commands of a device that may be claimed, in the order of their requests: those that nobody has claimed,
   * and those that were and ask to be sent again.
   */
  free(device: string, logTime: number, limit: number): CommandState[] {
    this.#findFree ??= this.#model.db.prepare(
      "SELECT state FROM command WHERE device = ? AND free = 1 AND deadline > ? ORDER BY position LIMIT ?",
    );
    return statesOf(this.#findFree.all(device, logTime, limit));
  }

  /** Devices that commands wait for. */
  waitingDevices(): string[] {
    this.#findWaiting ??= this.#model.db.prepare("SELECT DISTINCT device FROM command WHERE free = 1");
    return (this.#findWaiting.all() as { device: string }[]).map(({ device }) => device);
  }

  #apply(db: DatabaseSync, batch: LogBatch): void {
    const { topic, partition } = batch;
    const statements = statementsOf(db);
    const find = statements.of("SELECT state FROM command WHERE id = ?");
    const put = statements.of(
      "INSERT OR REPLACE INTO command (id, device, open, deadline, position, claim, free, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    for (const record of batch.records) {
      const event = this.#options.folded.command(batch, record);
      if (event === undefined) continue;
      const { offset, appendTime } = record;
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
        state.status === "claimed" ? claimOf(state.claim!.gateway, state.claim!.session) : null,
        isFree(state) ? 1 : 0,
        JSON.stringify(state),
      );
    }
    const latest = batch.records.at(-1)!.appendTime;
    statements.of("DELETE FROM command WHERE open = 0 AND deadline < ?").run(latest - keptAfterEnd);
    // Whoever writes that it expired may be away for long: nobody sends it any more either way.
    statements.of("DELETE FROM command WHERE open = 1 AND deadline < ?").run(latest - 7 * keptAfterEnd);
  }
}

/** How far the log's clock is from the one here, by the newest records that came as they were appended. */
class LogTime {
  readonly #ahead: number[] = [];
  #latest = 0;

  observe(appendTime: number, now: number): void {
    // It took some time to get here: of several observations the largest is the nearest.
    if (this.#ahead.push(appendTime - now) > 16) this.#ahead.shift();
    if (appendTime > this.#latest) this.#latest = appendTime;
  }

  at(now: number): number {
    const ahead = this.#ahead.length === 0 ? 0 : Math.max(...this.#ahead);
    // A difference of less than a second is the way here, not the clock.
    return Math.max(this.#latest, Math.abs(ahead) < 1_000_000 ? now : now + ahead);
  }
}

function isFree(state: CommandState): boolean {
  if (lateCause(state)) return false;
  return state.status === "requested" || (state.status === "claimed" && state.redeliver);
}

function claimOf(gateway: string, session: string): string {
  return `${gateway} ${session}`;
}

function statesOf(rows: unknown[]): CommandState[] {
  return (rows as { state: string }[]).map(({ state }) => JSON.parse(state) as CommandState);
}

function devicesOf(batch: LogBatch): Set<string> {
  return new Set(batch.records.flatMap(({ key }) => (key === null ? [] : [Buffer.from(key).toString()])));
}
