import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { mkdtemp, open, readFile, readdir, rm, stat, truncate, writeFile, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { ResourceError } from "../errors.ts";
import { JournalFile } from "./journal-file.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "journal-"));
  file = join(folder, "journal");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a file holds for the next process. */
async function replayed(): Promise<readonly string[]> {
  const { journal, content } = await JournalFile.open({ file });
  await journal.close();
  return content.entries;
}

describe("a journal", () => {
  it("holds what was appended, in its order, for its owner alone", async () => {
    const { journal, content } = await JournalFile.open({ file });
    expect(content).toEqual({ entries: [], damaged: 0, soundBytes: 0 });
    await Promise.all([journal.append(["a", "ü {}"]), journal.appendSynced(["+b c"]), journal.append([""])]);
    await journal.close();
    expect(await replayed()).toEqual(["a", "ü {}", "+b c", ""]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("is replaced as a whole, and goes on from there", async () => {
    const { journal } = await JournalFile.open({ file });
    await journal.append(["a", "b"]);
    await journal.replace(["b"]);
    await journal.append(["c"]);
    expect(journal.size).toBe((await stat(file)).size);
    await journal.close();
    expect(await replayed()).toEqual(["b", "c"]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["journal"]);
  });

  it("is mostly history once it has outgrown its last replacement", async () => {
    const { journal } = await JournalFile.open({ file, compactBytes: 100 });
    const line = "x".repeat(40);
    await journal.append([line, line]);
    expect(journal.isMostlyHistory).toBe(false);
    await journal.append([line]);
    expect(journal.isMostlyHistory).toBe(true);
    await journal.replace([line]);
    await journal.append([line, line]);
    expect(journal.isMostlyHistory).toBe(false);
    await journal.append([line, line]);
    expect(journal.isMostlyHistory).toBe(true);
    await journal.close();
  });

  it("an entry of two lines is a defect of its writer", async () => {
    const { journal } = await JournalFile.open({ file });
    await expect(journal.append(["a", "b\nc"])).rejects.toThrow("line end");
    await journal.close();
    expect(await replayed()).toEqual([]);
  });

  it("a file that cannot be used is an error that names it", async () => {
    await expect(JournalFile.open({ file: folder })).rejects.toThrow(ResourceError);
    await expect(JournalFile.open({ file: join(folder, "none", "journal") })).rejects.toThrow(/none.journal.*ENOENT/);
  });
});

describe("after a crash", () => {
  const entry = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => !text.includes("\n")),
    fc.json({ maxDepth: 1 }),
  );
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ entries: fc.array(entry, { minLength: 1, maxLength: 4 }), synced: fc.boolean() }),
    },
    { weight: 1, arbitrary: fc.record({ replacement: fc.array(entry, { maxLength: 3 }) }) },
  );

  it("any beginning of the file holds a beginning of what was appended, with all that was synced before", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (steps, cut) => {
          await rm(file, { force: true });
          const { journal } = await JournalFile.open({ file });
          let appended: string[] = [];
          let syncedEntries = 0;
          let syncedBytes = 0;
          for (const each of steps) {
            if ("replacement" in each) {
              await journal.replace(each.replacement);
              appended = [...each.replacement];
            } else {
              await (each.synced ? journal.appendSynced(each.entries) : journal.append(each.entries));
              appended.push(...each.entries);
            }
            if ("replacement" in each || each.synced) [syncedEntries, syncedBytes] = [appended.length, journal.size];
          }
          await journal.close();
          // What the last sync covered is there; of the rest any beginning may be.
          await truncate(file, syncedBytes + Math.round(cut * (journal.size - syncedBytes)));
          const { journal: next, content } = await JournalFile.open({ file });
          expect(content.entries).toEqual(appended.slice(0, content.entries.length));
          expect(content.entries.length).toBeGreaterThanOrEqual(syncedEntries);
          expect(content.damaged).toBe(0);
          await next.append(["goes on"]);
          await next.close();
          expect(await replayed()).toEqual([...content.entries, "goes on"]);
        },
      ),
      { numRuns: propertyRuns(100) },
    );
  });

  it("a damaged byte costs the lines that it lies in, and no other", async () => {
    const entries = Array.from({ length: 20 }, (_, i) => `entry ${i} of twenty`);
    const { journal } = await JournalFile.open({ file });
    await journal.append(entries);
    await journal.close();
    const whole = await readFile(file);
    for (let at = 0; at < whole.length; at += 3) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x10;
      await writeFile(file, damaged);
      const found = await replayed();
      const sound = found.filter((entry) => entries.includes(entry));
      // A checksum that is none any more makes a line of version 0.1, which its owner cannot read.
      expect(sound.length).toBeGreaterThanOrEqual(entries.length - 2);
      expect(sound).toEqual(entries.filter((entry) => sound.includes(entry)));
    }
  });

  it("zeros and lines with a wrong checksum at the end are cut off; between sound lines they are counted", async () => {
    const { journal } = await JournalFile.open({ file });
    await journal.append(["a", "b"]);
    await journal.close();
    const sound = await readFile(file);
    await writeFile(file, Buffer.concat([sound, Buffer.from("00000000 wrong\n"), Buffer.alloc(100)]));
    let opened = await JournalFile.open({ file });
    expect(opened.content).toEqual({ entries: ["a", "b"], damaged: 0, soundBytes: sound.length });
    await opened.journal.append(["c"]);
    await opened.journal.close();
    expect(await replayed()).toEqual(["a", "b", "c"]);
    await writeFile(file, Buffer.concat([sound, Buffer.from("00000000 wrong\n"), sound]));
    opened = await JournalFile.open({ file });
    expect(opened.content).toMatchObject({ entries: ["a", "b", "a", "b"], damaged: 1 });
    await opened.journal.close();
  });
});

it("does not take what stands behind a damaged byte for an entry of its own", async () => {
  const { journal } = await JournalFile.open({ file });
  await journal.append(["one", "client|+forged", "three"]);
  await journal.close();
  const bytes = await readFile(file);
  // One flipped byte ends the line in the middle of what a device called itself.
  bytes[bytes.indexOf("|")] = 0x0a;
  await writeFile(file, bytes);
  const { journal: again, content } = await JournalFile.open({ file });
  await again.close();
  expect(content).toMatchObject({ entries: ["one", "three"], damaged: 2 });
});

it("lines without a checksum, as version 0.1 wrote them, are entries", async () => {
  await writeFile(file, '{"t":"release","token":"2 pump/c ü"}\n+2f1c0a94 pump 1\n{"t":"cut o');
  expect(await replayed()).toEqual(['{"t":"release","token":"2 pump/c ü"}', "+2f1c0a94 pump 1"]);
});

/** Opens real files whose writes take no more than `shortly` bytes at once, and which fail once `room` is used up. */
class FaultyDisk {
  shortly = Infinity;
  room = Infinity;
  failsToTruncate = false;
  failsToSync = false;

  readonly open = async (...[path, flags, mode]: Parameters<typeof open>): Promise<FileHandle> => {
    const handle = await open(path, flags, mode);
    const write = handle.write.bind(handle) as (
      ...args: unknown[]
    ) => Promise<{ bytesWritten: number; buffer: Buffer }>;
    const datasync = handle.datasync.bind(handle);
    const cut = handle.truncate.bind(handle);
    return Object.assign(handle, {
      write: async (bytes: Buffer, offset: number, length: number, position: number) => {
        if (this.room === 0) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
        const takes = Math.min(length, this.shortly, this.room);
        this.room -= takes;
        return write(bytes, offset, takes, position);
      },
      datasync: async () => {
        if (this.failsToSync) throw Object.assign(new Error("input/output"), { code: "EIO" });
        await datasync();
      },
      truncate: async (length?: number) => {
        if (this.failsToTruncate) throw Object.assign(new Error("input/output"), { code: "EIO" });
        await cut(length);
      },
    });
  };
}

describe("a disk that takes less than it is given", () => {
  let disk: FaultyDisk;
  let journal: JournalFile;
  beforeEach(async () => {
    disk = new FaultyDisk();
    ({ journal } = await JournalFile.open({ file, open: disk.open }));
  });
  afterEach(() => journal.close());

  it("is given the rest", async () => {
    disk.shortly = 7;
    await journal.appendSynced(["the first entry", "the second entry"]);
    await journal.replace(["the second entry", "a third entry"]);
    await journal.append(["a fourth entry"]);
    expect(await replayed()).toEqual(["the second entry", "a third entry", "a fourth entry"]);
  });

  it("fails an append that it does not take whole, and the file is as it was before", async () => {
    await journal.append(["a"]);
    const before = await readFile(file);
    disk.room = 15;
    await expect(journal.append(["b", "c"])).rejects.toThrow(/ENOSPC\); make room/);
    expect(await readFile(file)).toEqual(before);
    disk.room = Infinity;
    await journal.append(["d"]);
    expect(await replayed()).toEqual(["a", "d"]);
  });

  it("leaves nothing of a failed append behind a later one, even if it could not be taken back at once", async () => {
    await journal.append(["a"]);
    disk.room = 50;
    disk.failsToTruncate = true;
    await expect(journal.append(["long enough", "b", "c", "d"])).rejects.toThrow(ResourceError);
    disk.room = Infinity;
    await expect(journal.append(["e"])).rejects.toThrow(ResourceError);
    disk.failsToTruncate = false;
    await journal.append(["e"]);
    expect(await replayed()).toEqual(["a", "e"]);
  });

  it("fails a synced append whose sync fails, and the append can be repeated", async () => {
    disk.failsToSync = true;
    await expect(journal.appendSynced(["a"])).rejects.toThrow(/EIO/);
    expect(await replayed()).toEqual([]);
    disk.failsToSync = false;
    await journal.appendSynced(["a"]);
    expect(await replayed()).toEqual(["a"]);
  });

  it.each(["room", "failsToSync"] as const)(
    "never lets a cut replacement take the place of the file (%s)",
    async (fault) => {
      await journal.append(["a", "b"]);
      if (fault === "room") disk.room = 15;
      else disk.failsToSync = true;
      await expect(journal.replace(["a", "b", "c"])).rejects.toThrow(ResourceError);
      expect(await replayed()).toEqual(["a", "b"]);
      expect(await readdir(folder)).toEqual(["journal"]);
      disk.room = Infinity;
      disk.failsToSync = false;
      await journal.append(["c"]);
      expect(await replayed()).toEqual(["a", "b", "c"]);
    },
  );
});

const mayMount = process.platform === "linux" && process.getuid?.() === 0;

it.skipIf(!mayMount)(
  "a full disk (needs root): every append is there whole or was rejected, also with replacements",
  async () => {
    const disk = join(folder, "disk");
    execFileSync("mkdir", [disk]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
    try {
      file = join(disk, "journal");
      const { journal } = await JournalFile.open({ file, compactBytes: 16 * 1024 });
      const expected: string[] = [];
      let rejected = 0;
      for (let i = 0; i < 200; i += 1) {
        const entry = `${i} ${"x".repeat(500)}`;
        await journal.appendSynced([entry]).then(
          () => expected.push(entry),
          () => (rejected += 1),
        );
        if (i % 50 === 49) await journal.replace(expected).catch(() => {});
      }
      await journal.close();
      expect(rejected).toBeGreaterThan(0);
      expect(expected.length).toBeGreaterThan(50);
      expect(await replayed()).toEqual(expected);
    } finally {
      execFileSync("umount", ["-l", disk]);
    }
  },
);
