import type { TelemetryInput } from "@headwater/proto";
import type { Anchor, Reading } from "../readings/reading.ts";
import type { Rule } from "./rule.ts";

/** A reading that a rule makes. */
export interface Derived {
  readonly rule: Rule;
  readonly device: string;
  readonly incarnation: number;
  readonly metric: string;
  readonly value: number | boolean | string;
  /** When it is true, on every clock. */
  readonly at: Anchor;
  /** What it came from; undefined: an instant before which nothing was heard. */
  readonly source: Reading | undefined;
}

/** A derived reading that the rules which take its metric have not judged yet. */
export interface WaitingReading {
  readonly device: string;
  readonly reading: Reading;
}

/** Above the index of every reading that a device sends, and below `maxIndex`. */
const firstIndex = 2 ** 30;
/** What control events before a record derive comes before what the record does, however much that is. */
const firstOfRecord = 2 ** 20;

/** The place of a derived reading, wherever it is met: at its cause, after the readings that stand there. */
export function derivedIndex(ordinal: number): number {
  return firstIndex + ordinal;
}

/**
 * Gives what is derived its place in the one order, and hands it on. A derived reading is judged at its cause and not
 * where its record comes to lie in the log, so that a backlog, a restart or another owner makes no difference to the
 * rules that take it.
 */
export class Derivations {
  readonly waiting: WaitingReading[] = [];
  readonly #partition: number;
  #offset = -1;
  #ordinal = 0;

  constructor(partition: number) {
    this.#partition = partition;
  }

  /** What comes next is of the record at that offset. */
  beginRecord(offset: number): void {
    this.#offset = offset;
    this.#ordinal = firstOfRecord;
    if (this.waiting.length > 0) this.waiting.length = 0;
  }

  /** How many control events have derived before the record at an offset. */
  countBefore(offset: number): number {
    return this.#offset === offset ? this.#ordinal : 0;
  }

  restore(offset: number, count: number): void {
    this.#offset = offset;
    this.#ordinal = count;
  }

  /** The event; its reading waits for `isTaken` metrics. `next`: the offset of the record that is next or present. */
  add(derived: Derived, next: number, isTaken: boolean): TelemetryInput {
    const { rule, device, incarnation, metric, value, at, source } = derived;
    if (this.#offset !== next) this.restore(next, 0);
    this.#ordinal++;
    const ordinal = this.#ordinal;
    const { gateway = "", epoch = 0, n = 0 } = source ?? {};
    // On the clock of the gateway, so that whoever meets it in the log finds the same time on the log's clock.
    const receivedAt = source === undefined ? at.logTime : source.receivedAt + (at.logTime - source.logTime);
    if (isTaken) {
      const isBoolean = typeof value === "boolean";
      const reading: Reading = {
        time: at.time,
        offset: next,
        index: derivedIndex(ordinal),
        metric,
        value: isBoolean ? Number(value) : value,
        isBoolean,
        eventTime: at.time,
        receivedAt,
        logTime: at.logTime,
        gateway: source?.gateway ?? at.gateway,
        epoch,
        n,
        derivedBy: `${rule.revision}:${rule.id}`,
      };
      this.waiting.push({ device, reading });
    }
    const held =
      typeof value === "number" ? { number: value } : typeof value === "boolean" ? { boolean: value } : { text: value };
    return {
      receivedAt,
      device,
      eventTime: at.time,
      incarnation,
      readings: [{ metric, ...held }],
      derived: {
        rule: rule.id,
        revision: rule.revision,
        sourceGateway: gateway,
        sourceEpoch: epoch,
        sourcePartition: this.#partition,
        sourceN: n,
        causeOffset: next,
        ordinal,
      },
    };
  }
}
