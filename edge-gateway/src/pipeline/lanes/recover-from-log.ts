import type { EventLog } from "@headwater/event-log";
import type { TelemetryRecord } from "@headwater/proto";
import { readTelemetry } from "@headwater/proto/telemetry";
import { DecodeError, randomEpoch } from "@headwater/core";
import { countedBy, type LaneAccount } from "./lane.ts";
import type { LanesState } from "./lanes.ts";

/** How many records are read first from the end of a partition; each further window is larger. */
const firstWindow = 128;
const windowGrowth = 8;

export interface RecoverOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly partitions: number;
  readonly gateway: string;
}

/**
 * How the lanes of this gateway stand, from the log itself: where the log is the durable write, nothing else can know.
 * Each partition is read backwards from its end, in growing windows, up to the last mark, which has the account of what
 * came before it. If a partition has nothing of this gateway any more, a new epoch begins for all.
 */
export async function recoverLanes(options: RecoverOptions): Promise<LanesState> {
  const { log, topic, gateway, partitions } = options;
  const positions = await log.positions(topic);
  const tails = await Promise.all(
    positions.map(({ partition, start, end }) => readTail(options, partition, start, end)),
  );
  const clock = Math.max(0, ...tails.map((tail) => tail?.clock ?? 0));
  const epochs = new Set(tails.map((tail) => tail?.epoch));
  const [epoch] = epochs;
  if (epoch === undefined || epochs.size > 1 || tails.length !== partitions) {
    return { gateway, epoch: randomEpoch(), clock, lanes: [] };
  }
  return { gateway, epoch, clock, lanes: tails.map((tail) => tail!.account) };
}

interface Tail {
  readonly epoch: number;
  readonly clock: number;
  readonly account: LaneAccount;
}

async function readTail(
  options: RecoverOptions,
  partition: number,
  start: number,
  end: number,
): Promise<Tail | undefined> {
  let toOffset = end;
  let tail: TailFold | undefined;
  for (let window = firstWindow; toOffset > start; window *= windowGrowth) {
    const fromOffset = Math.max(start, toOffset - window);
    // Each window begins where the last one ended.
    const ours = await readOurs(options, partition, fromOffset, toOffset);
    for (const record of ours.toReversed()) {
      tail ??= new TailFold(record);
      if (tail.add(record)) return tail.result;
    }
    toOffset = fromOffset;
  }
  return tail?.result;
}

/** Folds the records of a lane, newest first, until the account is complete. */
class TailFold {
  readonly #epoch: number;
  readonly #n: number;
  readonly #clock: number;
  #events = 0;
  #received = 0;
  readonly #dropped: Record<string, number> = {};

  constructor(newest: TelemetryRecord) {
    this.#epoch = newest.epoch;
    this.#n = newest.n;
    this.#clock = latestTime(newest);
  }

  /** Whether no older record has to be seen. */
  add(record: TelemetryRecord): boolean {
    if (record.epoch !== this.#epoch) return true;
    if (record.mark !== null) {
      this.#received = record.mark.received;
      for (const { reason, count } of record.mark.drops) this.#drop(reason, count);
      return true;
    }
    if (record.gap !== null) {
      const { received, dropped } = countedBy(record.gap);
      this.#drop(record.gap.reason, dropped);
      this.#events += received;
    } else this.#events += 1;
    return record.n === 1;
  }

  #drop(reason: string, count: number): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + count;
  }

  get result(): Tail {
    const account = { n: this.#n, received: this.#received + this.#events, dropped: this.#dropped };
    return { epoch: this.#epoch, clock: this.#clock, account };
  }
}

/** Receive times go up in a lane, so the newest record has the latest; its samples may reach beyond. */
function latestTime(record: TelemetryRecord): number {
  let latest = record.receivedAt;
  if (record.eventTime >= record.receivedAt && record.eventTime - record.receivedAt < 1_000_000) {
    for (const { timeDelta } of record.readings) latest = Math.max(latest, record.eventTime + timeDelta);
  }
  return Math.min(latest, record.receivedAt + 1_000_000);
}

async function readOurs(
  { log, topic, gateway }: RecoverOptions,
  partition: number,
  fromOffset: number,
  toOffset: number,
): Promise<TelemetryRecord[]> {
  const ours: TelemetryRecord[] = [];
  for await (const batch of log.read(topic, partition, { fromOffset, toOffset })) {
    for (const { value } of batch.records) {
      try {
        const record = readTelemetry(value);
        if (record.gateway === gateway && record.n > 0) ours.push(record);
      } catch (error) {
        // Not ours, whoever it says it is of: nothing that this gateway wrote is undecodable.
        if (!(error instanceof DecodeError)) throw error;
      }
    }
  }
  return ours;
}
