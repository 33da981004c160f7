import { silentLogger } from "@headwater/core";
import fc from "fast-check";
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { RecentJournal } from "./recent-journal.ts";
import { sessionKey } from "./recent-publishes.ts";

const epoch = 4_503_599_627_370_497;

describe("the journal of QoS 1 messages", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "recent-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const openJournal = (lastN: number, more: { epoch?: number; fileBytes?: number } = {}) =>
    RecentJournal.open({ folder, logger: silentLogger, epoch, lastN: () => lastN, ...more });
  const commit = async (journal: RecentJournal): Promise<void> => {
    const notes = journal.cut();
    if (notes !== undefined) await journal.write(notes);
  };
  const key = sessionKey("d/c");

  it("knows after a crash what had landed, and only that", async () => {
    let journal = await openJournal(0);
    journal.begin(key, true);
    journal.note(key, 1, 11, 3, 1);
    journal.note(key, 2, 22, 3, 0);
    await commit(journal);
    journal.note(key, 3, 33, 3, 2);
    journal.note(key, 4, 44, 3, 3);
    journal.note(key, 5, 55, 3, 0);
    await commit(journal);
    await journal.close();

    // The last commit reached the disk up to n = 2; of the one before everything did, or it would not have begun.
    journal = await openJournal(2);
    const recent = journal.begin(key, true);
    expect([recent.has(1, 11), recent.has(2, 22), recent.has(3, 33)]).toEqual([true, true, true]);
    expect([recent.has(4, 44), recent.has(5, 55)]).toEqual([false, false]);
    await journal.close();

    // What did not land then has not landed later either, when its identity belongs to another message.
    journal = await openJournal(1000);
    const later = journal.begin(key, true);
    expect([later.has(3, 33), later.has(4, 44)]).toEqual([true, false]);
    await journal.close();
  });

  it("under another epoch it knows nothing", async () => {
    let journal = await openJournal(0);
    journal.begin(key, true);
    journal.note(key, 1, 11, 0, 1);
    await commit(journal);
    await commit(journal);
    await journal.close();
    journal = await openJournal(10, { epoch: epoch + 1 });
    expect(journal.begin(key, true).has(1, 11)).toBe(false);
    await journal.close();
    journal = await openJournal(10);
    expect(journal.begin(key, true).has(1, 11)).toBe(false);
    await journal.close();
  });

  it("a session that began anew has nothing of the one before, after a crash too", async () => {
    let journal = await openJournal(0);
    journal.begin(key, true);
    journal.note(key, 1, 11, 0, 1);
    await commit(journal);
    journal.begin(key, false);
    journal.begin(key, true);
    journal.note(key, 2, 22, 0, 2);
    await commit(journal);
    await journal.close();
    journal = await openJournal(2);
    const recent = journal.begin(key, true);
    expect([recent.has(1, 11), recent.has(2, 22)]).toEqual([false, true]);
    await journal.close();
  });

  it("two files take turns and stay small; what they hold is known, from the older one too", async () => {
    const fileBytes = 4096;
    let journal = await openJournal(0, { fileBytes });
    journal.begin(key, true);
    let n = 0;
    for (let round = 0; round < 200; round += 1) {
      for (let i = 0; i < 10; i += 1) {
        n += 1;
        journal.note(key, n, n * 3, 0, n);
      }
      await commit(journal);
    }
    await journal.close();
    const sizes = await Promise.all(["recent-1.journal", "recent-2.journal"].map((name) => stat(join(folder, name))));
    for (const { size } of sizes) expect(size).toBeLessThan(fileBytes + 500);
    journal = await openJournal(n, { fileBytes });
    const recent = journal.begin(key, true);
    let known = 0;
    while (recent.has(n - known, (n - known) * 3)) known += 1;
    expect(known).toBeGreaterThan(fileBytes / 24 - 10);
    await journal.close();
  });

  it("a file that cannot be written costs recognition, not messages", async () => {
    const journal = await openJournal(0);
    journal.begin(key, true);
    journal.note(key, 1, 11, 0, 1);
    await journal.close();
    const notes = journal.cut();
    await journal.write(notes!);
    expect(journal.sessions.of(key).has(1, 11)).toBe(false);
  });

  it("whatever a crash leaves of it, nothing is taken for known that is not durable", async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant("message" as const),
          id: fc.integer({ min: 1, max: 60 }),
          event: fc.boolean(),
        }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("commit" as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("connect" as const), lasting: fc.boolean() }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("crash" as const),
          /** Of the last commit's records, the part that reached the disk. */
          landed: fc.double({ min: 0, max: 1, noNaN: true }),
          /** Of the newest journal file, the part that is lost or damaged. */
          damage: fc.option(
            fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), flip: fc.boolean(), file: fc.boolean() }),
          ),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
        await rm(folder, { recursive: true, force: true });
        folder = await mkdtemp(join(tmpdir(), "recent-"));
        let lane = 0;
        let journal = await openJournal(0, { fileBytes: 600 });
        let recent = journal.begin(key, true);
        const durable = new Set<number>();
        let open: { hash: number; n: number }[] = [];
        let last: typeof open = [];
        let durableN = 0;
        let hash = 0;
        const asked: { id: number; hash: number }[] = [];
        for (const it of steps) {
          if (it.kind === "message") {
            hash += 1;
            const n = it.event ? ++lane : 0;
            recent.add(it.id, hash);
            if (recent.lasting) journal.note(key, it.id, hash, 0, n);
            open.push({ hash, n });
            asked.push({ id: it.id, hash });
          } else if (it.kind === "connect") {
            recent = journal.begin(key, it.lasting);
          } else if (it.kind === "commit") {
            await commit(journal);
            for (const record of last) durable.add(record.hash);
            last = open;
            open = [];
            durableN = Math.max(durableN, ...last.map(({ n }) => n));
          } else {
            // The records of the last commit are there up to some place; what was not committed is not.
            const kept = last.slice(0, Math.floor(it.landed * (last.length + 1)));
            for (const record of kept) durable.add(record.hash);
            const gone = last.slice(kept.length).filter(({ n }) => n > 0);
            lane = gone.length > 0 ? gone[0]!.n - 1 : durableN;
            durableN = lane;
            [open, last] = [[], []];
            await journal.close();
            if (it.damage !== null) {
              const file = join(folder, it.damage.file ? "recent-1.journal" : "recent-2.journal");
              await harm(file, it.damage.at, it.damage.flip);
            }
            journal = await openJournal(lane, { fileBytes: 600 });
            recent = journal.begin(key, true);
            for (const message of asked) {
              if (recent.has(message.id, message.hash)) expect(durable).toContain(message.hash);
            }
          }
        }
        await journal.close();
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});

async function harm(file: string, at: number, flip: boolean): Promise<void> {
  const { size } = await stat(file);
  if (size === 0) return;
  const place = Math.min(size - 1, Math.floor(at * size));
  if (!flip) {
    await truncate(file, place);
    return;
  }
  const bytes = await readFile(file);
  bytes[place] = bytes[place]! ^ 0x10;
  const handle = await open(file, "r+");
  await handle.close();
  await writeFile(file, bytes);
}
