import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, expect, it } from "vitest";
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import { StoreUnavailableError } from "../src/errors.ts";
import type { Point, TimeSeriesStore } from "../src/time-series-store.ts";

const isRoot = process.getuid?.() === 0;
// A disk of a few megabytes takes a mount, and that takes root. CI has it; elsewhere the test says that it did not run.
if (!isRoot && process.env["CI"] === "true") throw new ConfigError("CI has to run as root, to mount a small disk");

let disk: string;
let store: TimeSeriesStore | undefined;
afterEach(async () => {
  await store?.close();
  execFileSync("umount", ["-l", disk]);
  await rm(disk, { recursive: true });
});

const tags = { device: "d" };
/** Long enough to fill the disk before the first points go, however busy the machine is. */
const retentionMs = 6000;

/** Texts of a thousand characters: they fill the disk quickly. */
function points(count: number): Point[] {
  const now = Date.now() * 1000;
  const text = "x".repeat(1000);
  return Array.from({ length: count }, (_, i) => ({ measurement: "m", tags, time: now + i, fields: { a_text: text } }));
}

const takes = (count: number): Promise<boolean> =>
  store!.write(points(count)).then(
    () => true,
    (error: unknown) => {
      expect(error).toBeInstanceOf(StoreUnavailableError);
      return false;
    },
  );

/** The time of the first point that is there. */
async function oldest(): Promise<number> {
  const query = { measurement: "m", tags, field: "a_text", from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1 };
  for await (const [first] of store!.query(query)) if (first !== undefined) return first[0];
  return Infinity;
}

it.skipIf(!isRoot)(
  "a disk that the store filled (needs root): retention makes room by itself, as often as that happens",
  async () => {
    disk = await mkdtemp(join(tmpdir(), "small-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", disk]);
    store = await openEmbeddedStore({
      dataDir: disk,
      retention: { raw: retentionMs },
      flushAfterMs: 200,
      retentionRoundMs: 300,
    });
    for (let round = 0; round < 3; round += 1) {
      while (await takes(500));
      // There is also room when the store has folded its write-ahead log in; that is not meant.
      const before = await oldest();
      await eventually(oldest, (now) => now > before || now === Infinity);
      expect(
        await eventually(
          () => takes(500),
          (taken) => taken,
        ),
      ).toBe(true);
    }
  },
);
