import { events, type RuleStateRecord } from "@headwater/proto";
import { DecodeError } from "@headwater/core";
import { skipReasons, type SkipReason } from "@headwater/service";
import type { LogRecord, Position } from "@headwater/event-log";
import type { CheckpointState, StateBytes } from "../../engine/engine.ts";
import { ofStateKey, ownerEpochHeader } from "./state-keys.ts";

/** An `effective`: from which telemetry offset a record of another topic is in effect on the partition. */
export interface EffectiveAt {
  /** Position of the record that took effect. */
  readonly source: Position;
  /** The first telemetry offset that is evaluated under it. */
  readonly fromOffset: number;
  readonly warmFrom: number;
  /** Of the owner that let it take effect. */
  readonly epoch: number;
  /** Bytes of the record, unless its topic is kept for ever. */
  readonly record: Uint8Array;
  /** Offset of the `effective` in the state log. */
  readonly stateLogOffset: number;
  readonly key: string;
}

export interface RestoredCheckpoint {
  readonly epoch: number;
  /** The next telemetry offset to apply. */
  readonly offset: number;
  readonly state: CheckpointState;
  /** Every record of devices.v1 before this offset that won is in effect, or a newer one of its device is. */
  readonly devicesRead: number;
  readonly stateLogOffset: number;
}

/** The state of a partition as its state log holds it. */
export interface RestoredState {
  readonly checkpoint: RestoredCheckpoint | undefined;
  readonly states: readonly StateBytes[];
  /** Effectives in log order, each source once, without those of former owners. */
  readonly effectives: readonly EffectiveAt[];
  /** Claims before the newest; each is needed as long as there is an effective of its owner. */
  readonly claims: readonly { readonly epoch: number; readonly key: string }[];
  /** Keys of states and checkpoints to be removed once a newer checkpoint is complete. */
  readonly superseded: readonly string[];
}

interface Epoch {
  readonly states: Map<string, StateBytes>;
  checkpoint: (RestoredCheckpoint & { readonly key: string }) | undefined;
}

/** Told of a record of the state log that counts for nothing. */
export type OnSkipped = (offset: number, reason: SkipReason, detail: string) => void;

/**
 * Folds a state log, oldest record first. What no owner can have written is skipped. A record whose epoch is lower than
 * the highest claim before it comes from a former owner that had not yet heard of the claim; it is ignored.
 */
export class StateFold {
  readonly #epochs = new Map<number, Epoch>();
  readonly #effectives = new Map<string, EffectiveAt>();
  /** Source of an effective, by its key. */
  readonly #sources = new Map<string, string>();
  readonly #fenced = new Set<string>();
  /** Their offsets, by their keys. */
  readonly #claims = new Map<string, number>();
  readonly #onSkipped: OnSkipped;
  #claim = -1;

  constructor(onSkipped: OnSkipped = () => {}) {
    this.#onSkipped = onSkipped;
  }

  /** The offset of the highest claim so far; -1: none. */
  get claim(): number {
    return this.#claim;
  }

  apply(log: LogRecord): void {
    const key = log.key === null ? "" : textOf(log.key);
    if (log.value === null) {
      this.#remove(key, log);
      return;
    }
    const record = this.#decode(key, log, log.value);
    if (record === undefined) return;
    if (record.claim !== null) {
      this.#claim = log.offset;
      this.#claims.set(key, log.offset);
      return;
    }
    if (record.ownerEpoch < this.#claim) {
      this.#fenced.add(key);
      return;
    }
    if (record.ownerEpoch > this.#claim) {
      this.#onSkipped(log.offset, skipReasons.implausible, `a record of owner ${record.ownerEpoch} before its claim`);
      return;
    }
    if (record.effective !== null) this.#effective(key, log.offset, record.ownerEpoch, record.effective);
    else this.#owned(key, log.offset, record);
  }

  result(): RestoredState {
    let newest: Epoch | undefined;
    for (const epoch of this.#epochs.values()) {
      if (epoch.checkpoint === undefined) continue;
      if (newest === undefined || epoch.checkpoint.epoch > newest.checkpoint!.epoch) newest = epoch;
    }
    // Of a repeated effective the first copy may have landed in time, and has the same key.
    const superseded = [...this.#fenced].filter((key) => !this.#sources.has(key));
    for (const epoch of this.#epochs.values()) {
      for (const key of epoch.states.keys()) superseded.push(key);
      if (epoch.checkpoint !== undefined) superseded.push(epoch.checkpoint.key);
    }
    return {
      checkpoint: newest?.checkpoint,
      states: newest === undefined ? [] : [...newest.states.values()],
      effectives: [...this.#effectives.values()],
      claims: [...this.#claims].flatMap(([key, epoch]) => (epoch === this.#claim ? [] : [{ epoch, key }])),
      superseded,
    };
  }

  #decode(key: string, { offset }: LogRecord, value: Uint8Array): RuleStateRecord | undefined {
    try {
      return events.ruleState.decode(value);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#onSkipped(offset, skipReasons.undecodable, error.message);
      // It is removed with what the next checkpoint supersedes.
      if (key !== "") this.#fenced.add(key);
      return undefined;
    }
  }

  #remove(key: string, log: LogRecord): void {
    const header = log.headers[ownerEpochHeader];
    // A former owner may remove a record from which its successor has restored.
    if (header !== undefined && Number(Buffer.from(header).toString()) < this.#claim) return;
    this.#fenced.delete(key);
    this.#claims.delete(key);
    const source = this.#sources.get(key);
    if (source !== undefined) {
      this.#effectives.delete(source);
      this.#sources.delete(key);
    }
    for (const epoch of this.#epochs.values()) {
      epoch.states.delete(key);
      if (epoch.checkpoint?.key === key) epoch.checkpoint = undefined;
    }
  }

  #effective(
    key: string,
    stateLogOffset: number,
    epoch: number,
    effective: NonNullable<RuleStateRecord["effective"]>,
  ): void {
    const { topic, partition, position: offset, fromOffset, warmFrom, record } = effective;
    const source = `${topic}/${partition}/${offset}`;
    // An append of unknown outcome is repeated; the first copy counts.
    if (this.#effectives.has(source)) return;
    const rewritten = this.#sources.get(key);
    if (rewritten !== undefined) this.#effectives.delete(rewritten);
    this.#sources.set(key, source);
    this.#effectives.set(source, {
      source: { topic, partition, offset },
      fromOffset,
      warmFrom,
      epoch,
      record,
      stateLogOffset,
      key,
    });
  }

  #owned(key: string, stateLogOffset: number, record: RuleStateRecord): void {
    const epoch = this.#epochOf(record.ownerEpoch);
    if (record.state !== null) {
      const { covers, version, state } = record.state;
      // An earlier version wrote the names into the record as well.
      const names = record.state.rule === "" ? ofStateKey(key) : record.state;
      if (names === undefined) {
        this.#onSkipped(stateLogOffset, skipReasons.implausible, "a state of no rule");
        return;
      }
      const { rule, device } = names;
      // Older than what this owner has written since: a copy of an append of unknown outcome that landed late.
      if ((epoch.states.get(key)?.covers ?? covers) > covers) return;
      epoch.states.set(key, { rule, device, covers, version, state });
    } else if (record.checkpoint?.complete === true) {
      const { offset, clock, lastTick, gateways, seen, devicesRead } = record.checkpoint;
      if ((epoch.checkpoint?.offset ?? offset) > offset) return;
      epoch.checkpoint = {
        key,
        epoch: record.ownerEpoch,
        offset,
        devicesRead,
        stateLogOffset,
        // Copied field by field: in a decoded message a zero is on the prototype, and a spread would lose it.
        state: {
          clock,
          lastTick,
          gateways: gateways.map((each) => {
            const { gateway, promise, corrected, skew, markedAt, heardAt, offline, straggling } = each;
            const skews = each.skews.map((least) => ({ minute: least.minute, skew: least.skew }));
            const times = { promise, corrected, skew, skews, markedAt, heardAt };
            const outages = each.outages.map(({ from, to, begun, ended }) => ({ from, to, begun, ended }));
            return { gateway, epoch: each.epoch, ...times, offline, straggling, outages };
          }),
          seen: seen.map(({ gateway, epoch, n, heardAt }) => ({ gateway, epoch, n, heardAt })),
        },
      };
    }
  }

  #epochOf(number: number): Epoch {
    let epoch = this.#epochs.get(number);
    if (epoch === undefined) {
      epoch = { states: new Map(), checkpoint: undefined };
      this.#epochs.set(number, epoch);
    }
    return epoch;
  }
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}
