import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { HeadwaterError } from "@headwater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { SeriesRow, TimeSeriesStore } from "../src/time-series-store.ts";

const perSeries = 2_000;
const times = Array.from({ length: perSeries }, (_, i) => 1_000_000 + i * 1000);
const devices = ["a", "b", "c"];
const valueOf = (device: string, time: number): number => devices.indexOf(device) * 1e6 + time / 1000;

let dataDir: string;
let file: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "headwater-store-damage-"));
  file = join(dataDir, "time-series.sqlite");
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** With so little memory that nearly all points are in chunks, and the last ones in the journal. */
const open = (): Promise<TimeSeriesStore> => openEmbeddedStore({ dataDir, headCapacity: 512 });

async function fill(): Promise<void> {
  const store = await open();
  for (let from = 0; from < perSeries; from += 100) {
    await store.write(
      devices.flatMap((device) =>
        times.slice(from, from + 100).map((time) => ({
          measurement: "telemetry",
          tags: { device },
          time,
          fields: { level: valueOf(device, time), state_text: `state ${time}` },
        })),
      ),
    );
  }
  await store.close();
}

async function rows(store: TimeSeriesStore, device: string, field: string): Promise<SeriesRow[]> {
  const query = { measurement: "telemetry", tags: { device }, field, from: 0, to: 1e12 };
  const all: SeriesRow[] = [];
  for await (const chunk of store.query(query)) all.push(...chunk);
  return all;
}

describe("a store whose file was damaged", () => {
  it("answers with what is right, and names and sets aside what is not", async () => {
    await fill();
    const database = new DatabaseSync(file);
    const row = database
      .prepare("SELECT series, start, numbers FROM chunks WHERE numbers IS NOT NULL LIMIT 1 OFFSET 1")
      .get() as {
      series: number;
      start: number;
      numbers: Uint8Array;
    };
    const flipped = Buffer.from(row.numbers);
    flipped[100]! ^= 0x10;
    database
      .prepare("UPDATE chunks SET numbers = ? WHERE series = ? AND start = ?")
      .run(flipped, row.series, row.start);
    database.close();

    let store = await open();
    expect(store.warnings?.()).toEqual([]);
    const left = await rows(store, "a", "level");
    expect(left.length).toBeLessThan(perSeries);
    for (const [time, value] of left) expect(value).toBe(valueOf("a", time));
    expect(store.warnings?.()).toEqual([expect.stringMatching(/^points of series \d+ from .*Z to .*Z are damaged/)]);
    expect(await rows(store, "b", "level")).toHaveLength(perSeries);
    // What the log still holds can be written once more.
    await store.write(
      times.map((time) => ({
        measurement: "telemetry",
        tags: { device: "a" },
        time,
        fields: { level: valueOf("a", time) },
      })),
    );
    expect(await rows(store, "a", "level")).toHaveLength(perSeries);
    await store.close();
    // It is known from the start on, before anything else is asked.
    store = await open();
    expect(store.warnings?.()).toHaveLength(1);
    await store.close();
  });

  it("gives no value that was never written, whichever bit is flipped, and ends no process", async () => {
    await fill();
    const whole = readFileSync(file);
    let noticed = 0;
    let seed = 0x2545f491;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const pages = whole.length / 16_384;
    for (let round = 0; round < 20; round++) {
      const damaged = Buffer.from(whole);
      // Anywhere behind the first page, the tables' names: without those nothing opens.
      const at = 16_384 + random((pages - 1) * 16_384);
      damaged[at]! ^= 1 << random(8);
      for (const name of ["", "-wal", "-shm"]) rmSync(`${file}${name}`, { force: true });
      writeFileSync(file, damaged);
      let store: TimeSeriesStore;
      try {
        store = await open();
      } catch (error) {
        expect(error).toBeInstanceOf(HeadwaterError);
        noticed++;
        continue;
      }
      const wrong: unknown[] = [];
      for (const device of devices) {
        for (const field of ["level", "state_text"]) {
          try {
            for (const [time, value] of await rows(store, device, field)) {
              const right = field === "level" ? valueOf(device, time) : `state ${time}`;
              if (value !== right) wrong.push([at, device, field, time, value]);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(HeadwaterError);
            noticed++;
          }
        }
      }
      noticed += store.warnings?.().length ?? 0;
      expect(wrong).toEqual([]);
      await store.close();
    }
    expect(noticed).toBeGreaterThan(2);
  });
});
