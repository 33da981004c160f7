import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { silentLogger } from "@headwater/core";
import { createMetrics, SkippedRecords } from "@headwater/service";
import { StateLog } from "../src/partitions/state-log/state-log.ts";
import { platform, type Platform } from "./support/harness.ts";

const partition = 0;
let on: Platform;

beforeEach(async () => {
  on = await platform(1);
});

afterEach(() => on.close());

function stateLog(instance: string): StateLog {
  const skipped = new SkippedRecords({
    metrics: createMetrics({ service: "rules" }),
    reader: "rules",
    logger: silentLogger,
  });
  const signal = new AbortController().signal;
  return new StateLog({
    log: on.log,
    topic: on.topics.ruleState,
    partition,
    instance,
    skipped,
    logger: silentLogger,
    signal,
  });
}

function states(count: number) {
  const state = Uint8Array.of(1);
  return Array.from({ length: count }, (_, device) => ({
    rule: "r",
    device: `d${device}`,
    covers: 0,
    version: 1,
    state,
  }));
}

it("looks for claims of others among what others wrote alone", async () => {
  const reading = vi.spyOn(on.log, "read");
  const own = stateLog("one");
  await own.claim();
  await own.appendStates(states(1500));
  reading.mockClear();
  expect(await own.isOwner()).toBe(true);
  expect(reading.mock.calls.map(([, , range]) => range?.fromOffset)).toEqual([own.epoch + 1501]);

  await stateLog("two").claim();
  await own.appendStates(states(3));
  expect(await own.isOwner()).toBe(false);
  expect(await own.isOwner()).toBe(false);
});

it("keeps what is there again, also where a checkpoint is too large to be written at once", async () => {
  const checkpoint = { clock: 0, lastTick: 0, gateways: [], seen: [] };
  const own = stateLog("one");
  await own.claim();
  const [there, other] = states(2);
  const isGone = { ...there!, state: new Uint8Array(0) };
  await own.appendCheckpoint(0, { states: [there!, other!], checkpoint }, 0);
  await own.appendCheckpoint(0, { states: [isGone], checkpoint }, 0);
  await own.appendStates([there!]);
  await own.appendCheckpoint(0, { states: [other!], checkpoint }, 0);
  const left = async () => (await stateLog("two").claim()).states.map(({ device }) => device).toSorted();
  expect(await left()).toEqual(["d0", "d1"]);

  const next = stateLog("three");
  await next.claim();
  await next.appendCheckpoint(0, { states: [there!, isGone], checkpoint }, 0);
  await next.appendCheckpoint(0, { states: [], checkpoint }, 0);
  expect(await left()).toEqual([]);
});
