import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nowMicros } from "@headwater/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { numbered, readAll, spec } from "../src/contract/harness.ts";
import { openEmbeddedLog } from "../src/embedded/open-embedded-log.ts";
import { writeAt } from "./write-at.ts";

const in2036 = Date.UTC(2036, 0, 1) * 1000;
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-clock-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

it("a log written to while the clock said 2036 says so, and its time moves by a microsecond a commit", async () => {
  writeAt(dataDir, in2036, "t", ["a", "b", "c"]);
  const log = await openEmbeddedLog({ dataDir });
  expect(log.warnings!()).toEqual([expect.stringMatching(/2036-01-01.*headwater log repair/)]);
  await log.append("t", numbered(1, 0));
  await log.append("t", numbered(2, 0));
  const times = (await readAll(log, "t", 0)).map(({ appendTime }) => appendTime);
  expect(times.slice(3)).toEqual([times[2]! + 1, times[2]! + 2, times[2]! + 2]);
  await log.close();
});

it("a log with the right time has nothing to say", async () => {
  const log = await openEmbeddedLog({ dataDir });
  await log.ensureTopics([spec("t", 1)]);
  await log.append("t", numbered(1, 0));
  const [record] = await readAll(log, "t", 0);
  expect(Math.abs(record!.appendTime - nowMicros())).toBeLessThan(60_000_000);
  expect(log.warnings!()).toEqual([]);
  await log.close();
});

it("a clock that is years ahead at the start, or was years behind, deletes nothing before it has proven itself", async () => {
  const day = 24 * 60 * 60_000;
  writeAt(dataDir, nowMicros() - 3650 * day * 1000, "t", ["a", "b"]);
  const log = await openEmbeddedLog({ dataDir });
  await log.ensureTopics([spec("t", 1, { retentionMs: 7 * day })]);
  await log.append("t", numbered(1, 0));
  await log.housekeep();
  expect(await log.positions("t")).toEqual([{ partition: 0, start: 0, end: 3 }]);
  await log.close();
});
