import { DatabaseSync } from "node:sqlite";
import type { LogBatch } from "@headwater/event-log";
import { events } from "@headwater/proto";
import { createMetrics, FoldedEvents, SkippedRecords } from "@headwater/service";
import { silentLogger } from "@headwater/core";
import { topicNames } from "@headwater/event-log";
import { beforeEach, describe, expect, it } from "vitest";
import { emptyAccount, type PartitionAccount } from "../accounts/account.ts";
import { createErasures, putErasure } from "../devices/erasure-table.ts";
import { sweepErased } from "./erased.ts";
import { quarantinePart } from "./quarantine-model.ts";
import { listQuarantine, quarantineSummary } from "./quarantine-queries.ts";
import { movedAccount, quarantinedMetrics } from "./quarantined-metrics.ts";

const topics = topicNames();
const hour = 3_600_000_000;
const now = 1_795_000_000_000_000;

let db: DatabaseSync;
let offset: number;
beforeEach(() => {
  db = new DatabaseSync(":memory:");
  offset = 0;
});

function part(bounds: { maxAge: number; maxBytes: number }) {
  const skipped = new SkippedRecords({
    metrics: createMetrics({ service: "t", processMetrics: false }),
    logger: silentLogger,
    reader: "t",
  });
  const foldedEvents = new FoldedEvents({ topics, partitions: 4, skipped });
  const made = quarantinePart({ topic: topics.quarantine, foldedEvents, bounds, onAsked: () => {} });
  made.migrate(db);
  createErasures(db);
  return (event: Parameters<typeof events.quarantine.encode>[0], appendTime = now) => {
    const record = { offset: offset++, appendTime, key: null, value: events.quarantine.encode(event), headers: {} };
    made.apply(db, { topic: topics.quarantine, partition: 0, records: [record] } as unknown as LogBatch);
  };
}
const message = (id: string, at = now) => ({ id, at, stage: "decode", payload: new Uint8Array(10_000) });
const record = (id: string, logOffset: number) => ({
  ...{ id, at: now, stage: "store", payload: new Uint8Array(10_000), logTopic: topics.telemetry, logOffset },
  metrics: ["a"],
});
const eventOf = (gateway: string) => events.telemetry.encode({ gateway, epoch: 1, n: 1, device: "d" });
const ids = (): string[] => listQuarantine(db, { order: "oldest-first", limit: 100 }).map(({ id }) => id);

describe("the bounds of quarantine", () => {
  it("let go of the oldest beyond the size, and count them; an event's place stays for the ledger", () => {
    const apply = part({ maxAge: 24 * hour, maxBytes: 32_000 });
    apply(record("r", 7));
    for (const id of ["m1", "m2", "m3", "m4"]) apply(message(id));
    expect(ids()).toEqual(["r", "m2", "m3", "m4"]);
    expect(listQuarantine(db, { state: "dropped", limit: 9 }).map(({ id, payload }) => [id, payload.length])).toEqual([
      ["r", 0],
    ]);
    expect(quarantinedMetrics(db, topics.telemetry, 0, 0, 100).get(7)?.now).toEqual(new Set(["a"]));
    const { states, dropped } = quarantineSummary(db);
    expect(dropped).toMatchObject([{ reason: "size", entries: 2 }]);
    expect(states.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(32_000);
  });

  it("let go of what is too old, and count what still waited", () => {
    const apply = part({ maxAge: 24 * hour, maxBytes: 1_000_000 });
    apply(message("old"));
    apply(record("done", 8));
    apply({ id: "done", attempt: 1, stage: "store", requested: { by: "x" } });
    apply({ id: "done", attempt: 1, redriven: {} });
    apply(message("new", now + 30 * hour), now + 30 * hour);
    expect(ids()).toEqual(["done", "new"]);
    expect(quarantineSummary(db).dropped).toMatchObject([{ reason: "age", entries: 1 }]);
    expect(listQuarantine(db, { state: "redriven", limit: 9 })[0]!.payload).toHaveLength(0);
  });

  it("take each step once, in the order of the log", () => {
    const apply = part({ maxAge: 24 * hour, maxBytes: 1_000_000 });
    const state = () => listQuarantine(db, { limit: 1 }).map((each) => [each.state, each.attempt, each.claimedBy])[0];
    apply(message("m"));
    apply({ id: "m", attempt: 1, stage: "decode", requested: { by: "a" } });
    apply({ id: "m", attempt: 1, stage: "decode", requested: { by: "b" } });
    apply({ id: "m", attempt: 1, claimed: { gateway: "g1" } });
    apply({ id: "m", attempt: 1, claimed: { gateway: "g2" } });
    expect(state()).toEqual(["claimed", 1, "g1"]);
    apply({ id: "m", attempt: 1, stage: "decode", reason: "still" });
    expect(state()).toEqual(["quarantined", 1, ""]);
    apply({ id: "m", attempt: 1, redriven: {} });
    expect(state()).toEqual(["quarantined", 1, ""]);
    apply({ id: "m", attempt: 2, stage: "decode", requested: { by: "a" } });
    apply({ id: "m", attempt: 2, redriven: { gateway: "g1", epoch: 1, partition: 2, n: 3 } });
    apply(message("m"));
    apply({ id: "m", attempt: 2, stage: "decode", requested: { by: "a" } });
    expect(state()).toEqual(["redriven", 2, ""]);
  });
});

describe("a device that is deleted with its data", () => {
  const sent = (id: string, at: number, more = {}) => ({ ...message(id, at), device: "d", ...more });
  const stored = (id: string, logOffset: number, incarnation: number) => ({
    ...{ ...record(id, logOffset), at: now + 2 * hour, device: "d" },
    payload: events.telemetry.encode({ gateway: "g", epoch: 1, n: logOffset, device: "d", incarnation }),
  });

  it("leaves no bytes here, also of what comes late; the place of its events stays, and all of others", () => {
    const apply = part({ maxAge: 24 * hour, maxBytes: 1e9 });
    apply(sent("read", now));
    apply(sent("empty", now, { payload: new Uint8Array(0), mqttTopic: "devices/d/telemetry" }));
    apply(sent("fixed", now));
    apply({ id: "fixed", stage: "decode", fixed: { payload: new Uint8Array(10), by: "x" } });
    apply(stored("stored", 7, 0));
    apply(stored("next", 8, 1));
    apply({ ...message("other", now), device: "e" });
    apply(sent("after", now + 2 * hour), now + 2 * hour);
    // By a gateway whose clock is ahead; the log had it before the device was deleted.
    apply(sent("ahead", now + 2 * hour), now);
    putErasure(db, 0, { device: "d", below: 1, until: now + hour });
    sweepErased(db);
    apply(sent("late", now), now + 2 * hour);
    apply(sent("late and ahead", now + 2 * hour), now + hour);
    apply(stored("late record", 9, 0));
    apply(sent("new", now + 3 * hour), now + 3 * hour);
    const held = listQuarantine(db, { order: "oldest-first", limit: 100 });
    expect(held.map(({ id, state, payload }) => [id, state, payload.length > 0])).toEqual([
      ["stored", "dropped", false],
      ["next", "quarantined", true],
      ["other", "quarantined", true],
      ["after", "quarantined", true],
      ["late record", "dropped", false],
      ["new", "quarantined", true],
    ]);
    expect(quarantinedMetrics(db, topics.telemetry, 0, 0, 100).get(7)?.now).toEqual(new Set(["a"]));
    expect(quarantineSummary(db).dropped).toMatchObject([{ reason: "erased", entries: 8 }]);
  });

  it("leaves what its next life has sent, and nothing of its own, whatever the clocks of gateways say", () => {
    const apply = part({ maxAge: 24 * hour, maxBytes: 1e9 });
    apply(sent("own", now, { incarnation: 0 }));
    apply(sent("next, behind", now, { incarnation: 1 }), now + 2 * hour);
    // A record that is too long for its entry cannot be read there any more.
    apply(sent("cut", now + 2 * hour, { stage: "store", logTopic: topics.telemetry, incarnation: 1 }), now + 2 * hour);
    putErasure(db, 0, { device: "d", below: 1, until: now + hour });
    sweepErased(db);
    apply(sent("own, late", now + 3 * hour, { incarnation: 0 }), now + 3 * hour);
    apply(sent("next, late", now, { incarnation: 1 }), now + 3 * hour);
    expect(ids()).toEqual(["next, behind", "cut", "next, late"]);
    // Of an instance that does not tell of it, what was refused says it itself.
    apply(stored("untold", 7, 1));
    expect(ids()).toContain("untold");
  });

  it("is forgotten some entries at a time, and again when its next life is deleted", () => {
    const apply = part({ maxAge: 24 * hour, maxBytes: 1e9 });
    for (let i = 0; i < 2_500; i++) {
      const at = i % 5 === 0 ? now + 2 * hour : now;
      apply(sent(`${i}`, at, { payload: new Uint8Array(1) }), at);
    }
    putErasure(db, 0, { device: "d", below: 1, until: now + hour });
    const counts = [];
    for (let i = 0; i < 3; i++) {
      sweepErased(db);
      counts.push(listQuarantine(db, { limit: 9_999 }).length);
    }
    expect(counts).toEqual([1_700, 900, 500]);
    putErasure(db, 0, { device: "d", below: 2, until: now + 3 * hour });
    sweepErased(db);
    expect(ids()).toEqual([]);
    // What is told again of the device is no other deletion.
    apply(sent("new", now + 4 * hour), now + 4 * hour);
    putErasure(db, 0, { device: "d", below: 2, until: now + 5 * hour });
    sweepErased(db);
    expect(ids()).toEqual(["new"]);
  });
});

it("moves what is re-driven out of the column of its gateway, also where an entry does not tell which", () => {
  const apply = part({ maxAge: 24 * hour, maxBytes: 1_000_000 });
  const before: PartitionAccount = {
    ...{ ...emptyAccount(0, 0), offset: 10, outcomes: { stored: 5, partlyStored: 2, quarantined: 2 } },
    setAside: [
      { gateway: "north", partlyStored: 1, quarantined: 1 },
      { gateway: "south", partlyStored: 1, quarantined: 1 },
    ],
  };
  apply({ ...record("a", 1), payload: eventOf("south") });
  apply({ ...record("b", 2), payload: eventOf("north"), metrics: [] });
  apply({ ...record("c", 3), payload: new Uint8Array(), metrics: [] });
  expect(listQuarantine(db, { gateway: "south", limit: 9 }).map(({ id }) => id)).toEqual(["a"]);
  const moved = () => movedAccount(db, topics.telemetry, before);
  expect(moved()).toBe(before);
  for (const id of ["a", "b", "c"]) {
    apply({ id, attempt: 1, stage: "store", requested: { by: "x" } });
    apply({ id, attempt: 1, redriven: {} });
  }
  expect(moved().outcomes).toEqual({ stored: 8, partlyStored: 1, quarantined: 0 });
  expect(moved().setAside).toEqual([
    { gateway: "north", partlyStored: 1, quarantined: 0 },
    { gateway: "south", partlyStored: 0, quarantined: 0 },
  ]);
});
