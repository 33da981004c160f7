import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { type EventLog, type OutgoingRecord, RecordRefusedError } from "@headwater/event-log";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The real embedded log, whose appends go wrong on demand in the ways that the port allows. */
export interface FaultyLog {
  readonly log: EventLog;
  /** Every append (to the topic, with such a value) rejects, and nothing lands. */
  failWith(makeError: () => Error, topic?: string, isMeant?: (value: Uint8Array) => boolean): void;
  /** As the first, for what goes to one partition, of any topic. */
  failPartition(partition: number, makeError: () => Error): void;
  /** The next appends land, and reject all the same. */
  failAfterAppending(times: number, makeError: () => Error): void;
  /** Telemetry records whose value is such are refused for good. */
  refuse(isRefused: (value: Uint8Array) => boolean): void;
  heal(): void;
  /** After the log is closed. */
  remove(): Promise<void>;
}

export async function startFaultyLog(): Promise<FaultyLog> {
  const dataDir = await mkdtemp(join(tmpdir(), "faulty-log-"));
  const real = await openEmbeddedLog({ dataDir });
  let failure:
    | {
        makeError: () => Error;
        topic?: string | undefined;
        partition?: number;
        isMeant?: ((value: Uint8Array) => boolean) | undefined;
      }
    | undefined;
  let after = { times: 0, makeError: (): Error => new RangeError("unset") };
  let refused: ((value: Uint8Array) => boolean) | undefined;

  const append = async (topic: string, records: readonly OutgoingRecord[]) => {
    const { isMeant = () => true, partition: only } = failure ?? {};
    if (
      failure !== undefined &&
      (failure.topic === undefined || failure.topic === topic) &&
      records.some(
        ({ value, partition }) => (only === undefined || partition === only) && value !== null && isMeant(value),
      )
    ) {
      throw failure.makeError();
    }
    const indexes = records.flatMap(({ value }, index) =>
      value !== null && topic.startsWith("telemetry") && refused?.(value) === true ? [index] : [],
    );
    const ranges = await real.append(
      topic,
      records.filter((_, index) => !indexes.includes(index)),
    );
    if (indexes.length > 0) throw new RecordRefusedError("refused", indexes);
    if (after.times > 0 && topic.startsWith("telemetry")) {
      after.times -= 1;
      throw after.makeError();
    }
    return ranges;
  };
  const log = new Proxy(real, {
    get(target, name) {
      if (name === "append") return append;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
  return {
    log,
    failWith: (makeError, topic, isMeant) => (failure = { makeError, topic, isMeant }),
    failPartition: (partition, makeError) => (failure = { makeError, partition }),
    failAfterAppending: (times, makeError) => (after = { times, makeError }),
    refuse: (isRefused) => (refused = isRefused),
    heal() {
      failure = undefined;
    },
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}
