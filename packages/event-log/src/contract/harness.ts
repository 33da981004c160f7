import { TimedOutError } from "@headwater/core";
import type { EventLog, LogBatch, LogRecord, OutgoingRecord, TopicSpec } from "../event-log.ts";

/** An adapter as the contract sees it. */
export interface LogUnderTest {
  /**
   * A log as a process of its own would have it. With an adapter that one process at a time can open, always the same
   * one.
   */
  open(): Promise<EventLog>;
  /** A topic name that nothing else uses. */
  name(base: string): string;
  /** Closes the log and opens it again, as a restart does. */
  reopen(log: EventLog): Promise<EventLog>;
  /**
   * A process that appends without pause to this topic and prints one line per acknowledged record. The log must not be
   * open here while it runs if only one process can.
   */
  appender(topic: string): Promise<Appender>;
  /** Bytes of a value that the log refuses. */
  readonly tooLarge: number;
}

export interface Appender {
  /** Resolves when at least so many records were acknowledged. */
  acked(count: number): Promise<void>;
  /** SIGKILL; answers all that was acknowledged until then: partition, offset and value of each record. */
  kill(): Promise<readonly AckedRecord[]>;
}

export interface AckedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (value: Uint8Array | null): string => (value === null ? "null" : new TextDecoder().decode(value));

export const spec = (name: string, partitions = 4, more: Partial<TopicSpec> = {}): TopicSpec => ({
  name,
  partitions,
  cleanup: "delete",
  ...more,
});

export const record = (value: string, partition?: number, key: string | null = "key"): OutgoingRecord => ({
  key,
  value: bytes(value),
  ...(partition === undefined ? {} : { partition }),
});

/** `count` records with their number as the value, to one partition or by key. */
export const numbered = (count: number, partition?: number, from = 0): OutgoingRecord[] =>
  Array.from({ length: count }, (_, i) => record(String(from + i), partition, `key-${from + i}`));

export async function readAll(log: EventLog, topic: string, partition: number): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for await (const batch of log.read(topic, partition)) all.push(...batch.records);
  return all;
}

export async function valuesOf(log: EventLog, topic: string, partition: number): Promise<string[]> {
  return (await readAll(log, topic, partition)).map((each) => text(each.value));
}

/**
 * Resolves when the condition holds. Bounded, so that a test that fails releases its log: a minute is longer than any
 * rebalance takes.
 */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new TimedOutError("the condition did not come true within a minute");
    await pause(5);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Collects the records that a consumer is given. */
export class Collected {
  readonly records: { topic: string; partition: number; offset: number; value: string }[] = [];

  add(batch: LogBatch): void {
    const { topic, partition } = batch;
    for (const each of batch.records) {
      this.records.push({ topic, partition, offset: each.offset, value: text(each.value) });
    }
  }

  get values(): string[] {
    return this.records.map(({ value }) => value);
  }
}
