import { silentLogger } from "@headwater/core";
import { partitionFor, topicNames, type LogRecord } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { createMetrics } from "../metrics/index.ts";
import { FoldedEvents, SkippedRecords, type SkipReason } from "./index.ts";

const topics = topicNames();
const partitions = 4;
const home = partitionFor("d1", partitions);

function reader() {
  const metrics = createMetrics({ service: "test", processMetrics: false });
  const skipped = new SkippedRecords({ metrics, logger: silentLogger, reader: "test" });
  return { metrics, skipped, folded: new FoldedEvents({ topics, partitions, skipped }) };
}

function record(value: Uint8Array | null, key: string | null = "d1", offset = 7): LogRecord {
  return { offset, appendTime: 0, key: key === null ? null : Buffer.from(key), value, headers: {} };
}

const device = (more: object = {}) => events.device.encode({ id: "d1", revision: 1, ...more });
const command = (more: object = {}) =>
  events.command.encode({ commandId: "c1", device: "d1", requested: { name: "x" }, ...more });
const alert = (more: object = {}) => events.alert.encode({ alertId: "a1", device: "d1", kind: 1, ...more });
const rule = (more: object = {}) => events.rule.encode({ rule: "d1", sequence: 1, enabled: {}, ...more });
const access = (more: object = {}) => events.access.encode({ id: "d1", revision: 1, ...more });
/** A field of a oneof that a later version may have. */
const laterKind = Buffer.from([0xba, 0x3e, 5, ...Buffer.from("later")]);

const readers = { device, command, alert, rule, access } as const;
type Kind = keyof typeof readers;
const partitionOf = (kind: Kind) => (kind === "rule" || kind === "access" ? 0 : home);
const topicOf = { device: "devices", command: "commands", alert: "alerts", rule: "rules", access: "access" } as const;

describe.each(Object.keys(readers) as Kind[])("a record of a %s", (kind) => {
  const valid = readers[kind]();
  const source = { topic: topics[topicOf[kind]], partition: partitionOf(kind) };

  it("counts as it is written", () => {
    const { folded, skipped } = reader();
    expect(folded[kind](source, record(valid))).toBeDefined();
    expect(skipped.warnings()).toEqual([]);
  });

  const cases: [string, LogRecord, SkipReason][] = [
    ["garbage", record(Buffer.from([0xff, 0xfe, ...Buffer.from("_garbage")])), "undecodable"],
    ["cut off", record(valid.subarray(0, valid.length - 1)), "undecodable"],
    ["a megabyte", record(Buffer.alloc(1024 * 1024 + 1, 0x5f)), "undecodable"],
    ["without a value", record(null), "no-value"],
    ["empty", record(Buffer.alloc(0)), "implausible"],
    ["under another key", record(valid, "d2"), "misplaced"],
    ["without a key", record(valid, null), "misplaced"],
  ];
  it.each(cases)("counts for nothing if it is %s", async (_name, poison, reason) => {
    const { folded, skipped, metrics } = reader();
    expect(folded[kind](source, poison)).toBeUndefined();
    // Another part of the service reads it, too.
    expect(folded[kind](source, poison)).toBeUndefined();
    expect(skipped.warnings()).toEqual([expect.stringContaining(`${source.topic}: 1 record was skipped`)]);
    expect(await metrics.register.metrics()).toContain(
      `headwater_skipped_records_total{reader="test",topic="${source.topic}",reason="${reason}",service="test"} 1`,
    );
  });

  it("counts for nothing in another partition", () => {
    const { folded } = reader();
    expect(folded[kind]({ ...source, partition: (source.partition + 1) % partitions }, record(valid))).toBeUndefined();
  });
});

it.each([
  ["command", command({ requested: undefined }), "unknown-kind"],
  ["alert", alert({ kind: 99 }), "unknown-kind"],
  ["rule", rule({ enabled: undefined }), "unknown-kind"],
  ["device", device({ revision: 0 }), "implausible"],
  ["device", device({ revision: 2 ** 32 - 1 }), "implausible"],
  ["access", access({ revision: 2 ** 32 - 1 }), "implausible"],
  ["rule", rule({ enabled: undefined, created: { revision: 0 } }), "implausible"],
  ["command", command({ commandId: "a/#" }), "implausible"],
  ["alert", alert({ value: Number.NaN }), "implausible"],
] as const)("a %s of which something is new or makes no sense is skipped", (kind, value, reason) => {
  const { folded, skipped } = reader();
  const source = { topic: topics[topicOf[kind]], partition: partitionOf(kind) };
  expect(folded[kind](source, record(Buffer.concat([value, laterKind])))).toBeUndefined();
  expect(skipped.warnings()[0]).toContain(reason);
});

it("names one line a topic in health, however many records there are", () => {
  const { folded, skipped } = reader();
  for (let offset = 0; offset < 5000; offset += 1) {
    folded.rule({ topic: topics.rules, partition: 0 }, record(null, "r", offset));
  }
  expect(skipped.warnings()).toEqual([
    "rules.v1: 5000 records were skipped, the last at partition 0, offset 4999 (no-value: it has no value)",
  ]);
});
