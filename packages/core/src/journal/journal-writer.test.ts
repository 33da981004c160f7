import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { QueueClosedError } from "../errors.ts";
import { silentLogger } from "../logger.ts";
import { JournalFile } from "./journal-file.ts";
import { JournalWriter } from "./journal-writer.ts";

let folder: string;
let file: string;
let failures = 0;
let writes = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "journal-writer-"));
  file = join(folder, "journal");
  [failures, writes] = [0, 0];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A writer whose next writes fail, and everything that was added is live. */
async function openWriter(live: readonly string[], compactBytes?: number): Promise<JournalWriter> {
  const { journal } = await JournalFile.open({
    file,
    ...(compactBytes !== undefined && { compactBytes }),
    open: async (...args: Parameters<typeof open>) => {
      const handle = await open(...args);
      const write = handle.write.bind(handle) as (...of: unknown[]) => Promise<never>;
      return Object.assign(handle, {
        write: (...of: unknown[]) => {
          writes += 1;
          if (failures-- > 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
          return write(...of);
        },
      });
    },
  });
  return new JournalWriter({ journal, liveEntries: () => live, logger: silentLogger, onFailure: "cannot be noted" });
}

async function entries(): Promise<readonly string[]> {
  const { journal, content } = await JournalFile.open({ file });
  await journal.close();
  return content.entries;
}

it("entries that come while a group is written go out with one write", async () => {
  const writer = await openWriter([]);
  const flushed = Array.from({ length: 100 }, (_, i) => {
    writer.add(String(i));
    return writer.flush();
  });
  await Promise.all(flushed);
  expect(await entries()).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  expect(writes).toBe(2);
  await writer.close();
});

it("a write that fails is repeated, and nobody is told of success before", async () => {
  const writer = await openWriter([]);
  failures = 2;
  writer.add("a");
  await writer.flush();
  expect(failures).toBe(-1);
  expect(await entries()).toEqual(["a"]);
  await writer.close();
});

it("a journal that is mostly history becomes what is live; one that cannot is appended to", async () => {
  const live = ["still here"];
  const writer = await openWriter(live, 100);
  writer.add("x".repeat(200));
  await writer.flush();
  failures = 1;
  writer.add("appended");
  await writer.flush();
  expect(await entries()).toEqual(["x".repeat(200), "appended"]);
  writer.add("y".repeat(200));
  await writer.flush();
  live.push("of the live entries");
  writer.add("said by the live entries");
  await writer.flush();
  expect(await entries()).toEqual(live);
  await writer.close();
});

it("a writer that is closed repeats no more", async () => {
  const writer = await openWriter([]);
  failures = Infinity;
  writer.add("a");
  const flushed = writer.flush();
  const closed = writer.close();
  await expect(flushed).rejects.toThrow(QueueClosedError);
  await closed;
});
