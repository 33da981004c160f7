import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, expect, it } from "vitest";
import { spec } from "../src/contract/harness.ts";
import { openEmbeddedLog, type EmbeddedEventLog } from "../src/embedded/open-embedded-log.ts";

const isRoot = process.getuid?.() === 0;
// A disk of a few megabytes takes a mount, and that takes root. CI has it; elsewhere the test says that it did not run.
if (!isRoot && process.env["CI"] === "true") throw new ConfigError("CI has to run as root, to mount a small disk");

const topic = "t";
/** Long enough to fill the disk before the first records go, however busy the machine is. */
const retentionMs = 6000;
const settings = { housekeepingMs: 300 };
let disk: string;
let log: EmbeddedEventLog | undefined;

function mount(megabytes: number): string {
  disk = mkdtempSync(join(tmpdir(), "small-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", disk]);
  return join(disk, "event-log");
}

afterEach(async () => {
  await log?.close();
  execFileSync("umount", ["-l", disk]);
  rmSync(disk, { recursive: true });
});

/** Appends until the log refuses. Answers how many records it took. */
async function fill(into: EmbeddedEventLog, bytes = 50_000): Promise<number> {
  const records = Array.from({ length: 4 }, () => ({ key: "k", value: Buffer.alloc(bytes, "x") }));
  for (let taken = 0; ; taken += records.length) {
    try {
      await into.append(topic, records);
    } catch (error) {
      expect(error).toMatchObject({ code: "log-unavailable" });
      return taken;
    }
  }
}

/** Appends to a file until not a byte more goes in, whatever else is written and freed meanwhile. */
function fillUp(file: string): void {
  for (let bytes = 1024 * 1024; bytes >= 1;) {
    try {
      appendFileSync(file, Buffer.alloc(bytes));
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOSPC" });
      bytes = Math.floor(bytes / 2);
    }
  }
}

/** The offset before which retention has removed everything. */
const starts = async (): Promise<number> => (await log!.positions(topic))[0]!.start;

const takesMore = (): Promise<boolean> =>
  log!.append(topic, [{ key: "k", value: Buffer.alloc(10) }]).then(
    () => true,
    () => false,
  );

it.skipIf(!isRoot)(
  "a disk that the log filled (needs root): retention makes room by itself, as often as that happens",
  async () => {
    const dataDir = mount(32);
    log = await openEmbeddedLog({ dataDir, ...settings });
    await log.ensureTopics([spec(topic, 1, { retentionMs })]);
    expect(await fill(log)).toBeGreaterThan(100);
    for (let round = 0, start = 0; round < 3; round += 1) {
      // There is also room when the log has folded its write-ahead log in; that is not meant.
      start = await eventually(starts, (now) => now > start);
      expect(await eventually(takesMore, (taken) => taken)).toBe(true);
      const more = await eventually(
        () => fill(log!),
        (taken) => taken > 0,
      );
      expect(more).toBeGreaterThan(0);
    }
  },
);

it.skipIf(!isRoot)(
  "a disk that something else filled (needs root): retention goes on, also in a process that starts on it",
  async () => {
    const dataDir = mount(48);
    log = await openEmbeddedLog({ dataDir, ...settings });
    await log.ensureTopics([spec(topic, 1, { retentionMs })]);
    const records = Array.from({ length: 200 }, () => ({ key: "k", value: Buffer.alloc(50_000, "x") }));
    await log.append(topic, records);
    const free = (): number => {
      const { bavail, bsize } = statfsSync(disk);
      return bavail * bsize;
    };
    // The log folds its write-ahead log in meanwhile, which takes and frees room.
    await eventually(() => {
      fillUp(join(disk, "ballast"));
      expect(free()).toBe(0);
    });
    await fill(log, 100_000);
    await log.close();
    log = await openEmbeddedLog({ dataDir, ...settings });
    await log.ensureTopics([spec(topic, 1, { retentionMs })]);
    expect(await eventually(starts, (start) => start >= 200)).toBeGreaterThanOrEqual(200);
    rmSync(join(disk, "ballast"));
    expect(await eventually(takesMore, (taken) => taken)).toBe(true);
  },
);
