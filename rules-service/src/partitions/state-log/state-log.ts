import { randomUUID } from "node:crypto";
import { events, ruleStateHeaders } from "@headwater/proto";
import { DecodeError, nowMicros, Pace, retrying, type Logger } from "@headwater/core";
import type { SkippedRecords } from "@headwater/service";
import type { EventLog, OutgoingRecord, Position } from "@headwater/event-log";
import type { EngineChanges, StateBytes } from "../../engine/engine.ts";
import { appendDurably } from "../append-durably.ts";
import { WrittenBytes } from "../checkpoint-cost.ts";
import { StateFold, type RestoredState } from "./state-fold.ts";
import { ownerEpochHeader, stateKeys } from "./state-keys.ts";

type RuleStateInput = Parameters<typeof events.ruleState.encode>[0];

/** Limits of one append, so that a large snapshot does not crowd out the other users of the log. */
const chunkRecords = 1000;
const chunkBytes = 900_000;

/** Records between two looks at how long the event loop has been held. */
const recordsALook = 32;

/** A control event that is about to take effect. */
export interface NewEffective {
  readonly source: Position;
  readonly fromOffset: number;
  readonly warmFrom: number;
  readonly record: Uint8Array;
}

export interface StateLogOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly partition: number;
  readonly instance: string;
  readonly skipped: SkippedRecords;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** The state log of one partition, which its successive owners write. */
export class StateLog {
  readonly #options: StateLogOptions;
  #epoch = -1;
  /** One object for all, so that a batch has them once. */
  #tombstoneHeaders: Readonly<Record<string, string>> = {};
  /** The first offset that has not been searched for claims of others. */
  #provenTo = 0;
  /** Keys whose state became empty with the last checkpoint; the next one removes them. */
  #gone: string[] = [];
  /** Of the checkpoint that is to follow. */
  #goneAhead: string[] = [];
  /** By the checkpoint that is to follow. */
  #written = new WrittenBytes();

  constructor(options: StateLogOptions) {
    this.#options = options;
  }

  /** The epoch of this owner: the offset of its claim, -1 before it has claimed. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Claims the partition and reads the state that earlier owners left. */
  async claim(): Promise<RestoredState> {
    const { log, topic, partition, instance } = this.#options;
    const claim = this.#record(stateKeys.claim(randomUUID()), { ownerEpoch: 0, claim: { instance, at: nowMicros() } });
    const [range] = await appendDurably(log, topic, [claim], this.#options);
    this.#epoch = range!.baseOffset;
    this.#tombstoneHeaders = { [ownerEpochHeader]: String(this.#epoch) };
    this.#provenTo = this.#epoch + 1;
    const { signal, logger } = this.#options;
    return retrying(() => this.#fold(), {
      signal,
      maxMs: 2000,
      onRetry: (error) => logger.warn({ partition, err: error }, "reading the state of a partition again"),
    });
  }

  /** Whether no other instance has claimed the partition since. */
  async isOwner(): Promise<boolean> {
    const { log, topic, partition } = this.#options;
    const pace = new Pace();
    for await (const batch of log.read(topic, partition, { fromOffset: this.#provenTo })) {
      for (const record of batch.records) {
        const other = record.value !== null && isClaim(record.value);
        if (other) return false;
        this.#provenTo = record.offset + 1;
        if (record.offset % recordsALook === 0 && pace.isDue) await pace.rest();
      }
    }
    return true;
  }

  /** Resolves when the effectives are durable. */
  async appendEffectives(effectives: readonly NewEffective[]): Promise<void> {
    await this.#append(effectives.map((each) => this.#effective(stateKeys.effective(this.#epoch, each.source), each)));
  }

  /**
   * Appends states, then the checkpoint that makes them count. `offset` is the next telemetry offset to apply. Every
   * operator action in alerts.v1 up to `alertsRead` has taken effect, and every device before `devicesRead`. Answers
   * what it took, with the states that were appended ahead of it.
   */
  async appendCheckpoint(
    offset: number,
    changes: EngineChanges,
    devicesRead: number,
    alertsRead?: Position,
  ): Promise<WrittenBytes> {
    const written = this.#written;
    await this.#append(this.#checkpoint(offset, changes, devicesRead, alertsRead));
    this.#written = new WrittenBytes();
    this.#gone = this.#goneAhead;
    this.#goneAhead = [];
    return written;
  }

  /** Appends the first states of a checkpoint that is to follow, before which no other counts. */
  async appendStates(states: readonly StateBytes[]): Promise<void> {
    await this.#append(this.#ahead(states));
  }

  *#ahead(states: readonly StateBytes[]): Generator<OutgoingRecord> {
    yield* this.#removals();
    yield* mapped(states, (state) => this.#state(state));
  }

  /** Of what was empty by the last checkpoint; before any state of the next, where it may be there again. */
  *#removals(): Generator<OutgoingRecord> {
    yield* mapped(this.#gone, (key) => this.#frame(this.#tombstone(key)));
    this.#gone = [];
  }

  /** Removes keys that no restart and no replay needs any more, in their order. */
  async remove(keys: readonly string[]): Promise<void> {
    await this.#append(mapped(keys, (key) => this.#tombstone(key)));
  }

  async #fold(): Promise<RestoredState> {
    const { log, topic, partition, skipped } = this.#options;
    const fold = new StateFold((offset, reason, detail) => skipped.note({ topic, partition, offset, reason, detail }));
    const pace = new Pace();
    for await (const batch of log.read(topic, partition, { toOffset: this.#epoch + 1 })) {
      for (const record of batch.records) {
        fold.apply(record);
        if (record.offset % recordsALook === 0 && pace.isDue) await pace.rest();
      }
    }
    return fold.result();
  }

  *#checkpoint(
    offset: number,
    { states, checkpoint }: EngineChanges,
    devicesRead: number,
    alertsRead?: Position,
  ): Generator<OutgoingRecord> {
    const epoch = this.#epoch;
    yield* this.#removals();
    if (alertsRead !== undefined) {
      const effective = { source: alertsRead, fromOffset: offset, warmFrom: offset, record: new Uint8Array(0) };
      yield this.#frame(this.#effective(stateKeys.alertsRead(epoch), effective));
    }
    yield* mapped(states, (state) => this.#state(state));
    const { clock, lastTick, gateways, seen } = checkpoint;
    const whole = { offset, clock, lastTick, gateways, seen, devicesRead, complete: true };
    yield this.#frame(this.#record(stateKeys.checkpoint(epoch), { ownerEpoch: epoch, checkpoint: whole }));
  }

  #frame(record: OutgoingRecord): OutgoingRecord {
    this.#written.frame += bytesOf(record);
    return record;
  }

  /** Records are made as they are appended, in slices: all partitions may begin with a snapshot at the same time. */
  async #append(records: Iterable<OutgoingRecord>): Promise<void> {
    const pace = new Pace();
    let chunk: OutgoingRecord[] = [];
    let bytes = 0;
    for (const record of records) {
      const size = (record.value?.length ?? 0) + 100;
      if (chunk.length > 0 && (chunk.length >= chunkRecords || bytes + size > chunkBytes)) {
        await this.#appendChunk(chunk);
        chunk = [];
        bytes = 0;
      }
      chunk.push(record);
      bytes += size;
      if (chunk.length % recordsALook === 0 && pace.isDue) await pace.rest();
    }
    if (chunk.length > 0) await this.#appendChunk(chunk);
  }

  async #appendChunk(chunk: readonly OutgoingRecord[]): Promise<void> {
    const { log, topic } = this.#options;
    for (const { baseOffset, count } of await appendDurably(log, topic, chunk, this.#options)) {
      // What this owner wrote is no claim; only what lies between has to be read for one.
      if (baseOffset === this.#provenTo) this.#provenTo += count;
    }
  }

  #state(bytes: StateBytes): OutgoingRecord {
    const { rule, device, covers, version, state } = bytes;
    const key = stateKeys.state(this.#epoch, rule, device);
    // An empty state is a record with an offset, not a tombstone: a replay from the previous checkpoint would begin
    // that state anew, without the offset that the state covers.
    if (state.length === 0) this.#goneAhead.push(key);
    // The key has the names.
    const record = this.#record(key, { ownerEpoch: this.#epoch, state: { covers, version, state } });
    this.#written.addState(bytes, bytesOf(record));
    return record;
  }

  #effective(key: string, { source, fromOffset, warmFrom, record }: NewEffective): OutgoingRecord {
    const { topic, partition, offset: position } = source;
    const effective = { topic, partition, position, fromOffset, warmFrom, record };
    return this.#record(key, { ownerEpoch: this.#epoch, effective });
  }

  #record(key: string, record: RuleStateInput): OutgoingRecord {
    return {
      key,
      value: events.ruleState.encode(record),
      partition: this.#options.partition,
      headers: ruleStateHeaders,
    };
  }

  #tombstone(key: string): OutgoingRecord {
    return { key, value: null, partition: this.#options.partition, headers: this.#tombstoneHeaders };
  }
}

function bytesOf({ key, value }: OutgoingRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}

function* mapped<T>(items: readonly T[], record: (item: T) => OutgoingRecord): Generator<OutgoingRecord> {
  for (const item of items) yield record(item);
}

/** What cannot be read is none: it is skipped when the state is folded, too. */
function isClaim(value: Uint8Array): boolean {
  try {
    return events.ruleState.decode(value).claim !== null;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}
