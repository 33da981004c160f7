import { silentLogger } from "@headwater/core";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { Qos2Journal, type Qos2Arrival } from "./qos2-journal.ts";

describe("the journal of QoS 2 messages", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "qos2-"));
    file = join(folder, "qos2.journal");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const openJournal = (lastN = 0, openFile?: typeof open) =>
    Qos2Journal.open({
      file,
      logger: silentLogger,
      lastN: () => lastN,
      ...(openFile !== undefined && { open: openFile }),
    });
  const arrival = (session: string, packetId: number, n: number): Qos2Arrival => ({
    token: Qos2Journal.token(session, packetId),
    partition: 3,
    n,
  });

  it("knows after a crash what its lane holds, and forgets the rest", async () => {
    const journal = await openJournal();
    await journal.announce([arrival("a/c", 1, 7), arrival("a/c", 2, 8), arrival("b/c", 1, 9)]);
    // Not closed: as after a kill.
    const next = await openJournal(8);
    expect([next.has("1 a/c"), next.has("2 a/c"), next.has("1 b/c")]).toEqual([true, true, false]);
    await Promise.all([journal.close(), next.close()]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("forgets what was released, and all of a session that ended", async () => {
    const journal = await openJournal();
    await journal.announce([arrival("a/c", 1, 1), arrival("a/c", 2, 2), arrival("b/c", 1, 3), arrival("b/c", 2, 4)]);
    journal.landed("1 a/c");
    await journal.release("1 a/c");
    await journal.forget("b/c");
    await journal.close();
    const next = await openJournal(4);
    expect(next.size).toBe(1);
    expect(next.has("2 a/c")).toBe(true);
    await next.close();
  });

  it("releases a message only once it has landed", async () => {
    const journal = await openJournal();
    const early = arrival("a/c", 1, 1);
    journal.add(early);
    let isReleased = false;
    const released = journal.release(early.token).then(() => (isReleased = true));
    await journal.announce([early]);
    expect([isReleased, journal.has(early.token)]).toEqual([false, true]);
    journal.landed(early.token);
    await released;
    expect(journal.has(early.token)).toBe(false);
    await journal.close();
    const next = await openJournal(1);
    expect(next.size).toBe(0);
    await next.close();
  });

  it("a release that waits for its message ends with the session", async () => {
    const journal = await openJournal();
    const early = arrival("a/c", 5, 1);
    journal.add(early);
    const released = journal.release(early.token);
    void journal.forget("a/c");
    // Another message under the same identifier, of the session that begins then.
    journal.add(arrival("a/c", 5, 2));
    await released;
    expect(journal.has(early.token)).toBe(true);
    await journal.close();
  });

  it("reads a file of version 0.1", async () => {
    await writeFile(
      file,
      '{"t":"arrival","token":"1 pump/c ü","p":3,"n":7}\n{"t":"arrival","token":"2 pump/c ü","p":3,"n":8}\n' +
        '{"t":"arrival","token":"9 valve/x","p":3,"n":9}\n{"t":"release","token":"2 pump/c ü"}\n' +
        '{"t":"forget","session":"valve/x"}\n{"t":"arrival","token":"4 late/y","p":3,"n":12}\n' +
        'null\n{"t":"arrival","token":"5 late/y"}\n{"t":"arrival","token":"6 la',
    );
    const journal = await openJournal(11);
    expect(journal.size).toBe(1);
    expect(journal.has("1 pump/c ü")).toBe(true);
    await journal.close();
  });

  it("its file stays small however many messages pass", async () => {
    const journal = await openJournal();
    for (let i = 0; i < 200; i += 1) {
      const arrivals = Array.from({ length: 100 }, (_, at) => arrival("some-device/some-client", at + 1, 100 * i + at));
      await journal.announce(arrivals);
      for (const { token } of arrivals) journal.landed(token);
      await Promise.all(arrivals.map(({ token }) => journal.release(token)));
    }
    await journal.close();
    expect((await readFile(file)).length).toBeLessThan(1_200_000);
    const next = await openJournal();
    expect(next.size).toBe(0);
    await next.close();
  });

  it("a disk that takes a part of a write is given the rest before anything is acknowledged", async () => {
    const journal = await openJournal(0, async (...args: Parameters<typeof open>) => {
      const handle = await open(...args);
      const write = handle.write.bind(handle) as (...of: unknown[]) => Promise<never>;
      return Object.assign(handle, {
        write: (bytes: Buffer, offset: number, length: number, position: number) =>
          write(bytes, offset, Math.min(length, 5), position),
      });
    });
    await journal.announce([arrival("a/c", 1, 1), arrival("a/c", 2, 2)]);
    await journal.close();
    const next = await openJournal(2);
    expect(next.size).toBe(2);
    await next.close();
  });

  const mayMount = process.platform === "linux" && process.getuid?.() === 0;

  it.skipIf(!mayMount)("a disk that fills up (needs root): no arrival that was acknowledged is forgotten", async () => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]);
    try {
      file = join(disk, "qos2.journal");
      const journal = await openJournal();
      const acknowledged: string[] = [];
      const announced = (async () => {
        for (let n = 1; n <= 200; n += 1) {
          const one = arrival(`device-${n}/${"c".repeat(100)}`, 1, n);
          await journal.announce([one]);
          acknowledged.push(one.token);
        }
      })().catch(() => {});
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(50));
      const before = acknowledged.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(acknowledged.length - before).toBeLessThan(150);
      // As after a kill; a disk with room takes its place. What is acknowledged from here on came after it.
      const acknowledgedBefore = [...acknowledged];
      const bytes = await readFile(file);
      await journal.close();
      await announced;
      file = join(folder, "qos2.journal");
      await writeFile(file, bytes);
      const next = await openJournal(200);
      expect(acknowledgedBefore.filter((token) => !next.has(token))).toEqual([]);
      await next.close();
    } finally {
      execFileSync("umount", ["-l", disk]);
    }
  });
});
