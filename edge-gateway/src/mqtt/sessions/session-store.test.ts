import { silentLogger } from "@headwater/core";
import fc from "fast-check";
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { SessionStore } from "./session-store.ts";

describe("the store of sessions", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sessions-"));
    file = join(folder, "sessions.journal");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const openStore = (maxSessions = 100, now?: () => number) =>
    SessionStore.open({ file, maxSessions, logger: silentLogger, ...(now !== undefined && { now }) });

  it("any sequence of changes is there again after the process is gone", async () => {
    const names = fc.constantFrom("d/a", "d/b", "e/ü c");
    const filters = fc.uniqueArray(fc.constantFrom("devices/d/#", "devices/d/commands/+", "x", "y/z"), {
      minLength: 1,
    });
    const step = fc.oneof(
      fc.record({ t: fc.constant("add" as const), s: names, f: filters, qos: fc.constantFrom(0, 1, 2) }),
      fc.record({ t: fc.constant("remove" as const), s: names, f: filters }),
      fc.record({ t: fc.constant("end" as const), s: names }),
      fc.record({ t: fc.constant("reopen" as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await rm(file, { force: true });
        let store = await openStore();
        const model = new Map<string, Map<string, number>>();
        for (const it of steps) {
          if (it.t === "reopen") {
            // Not closed: as after a kill.
            const next = await openStore();
            await store.close();
            store = next;
            const there = store.all.map(({ session, subscriptions }) => [
              session,
              subscriptions.map(({ topic, qos }) => [topic, qos]),
            ]);
            const expected = [...model].map(([session, of]) => [session, [...of]]);
            expect(sorted(there)).toEqual(sorted(expected));
            continue;
          }
          const of = model.get(it.s) ?? new Map<string, number>();
          if (it.t === "add") for (const topic of it.f) of.set(topic, it.qos);
          else if (it.t === "remove") for (const topic of it.f) of.delete(topic);
          else of.clear();
          if (of.size === 0) model.delete(it.s);
          else model.set(it.s, of);
          if (it.t === "add")
            await store.add(
              it.s,
              it.f.map((topic) => ({ topic, qos: it.qos })),
            );
          else if (it.t === "remove") await store.remove(it.s, it.f);
          else await store.end(it.s);
        }
        await store.close();
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  it("lines that are none are passed over, and the rest is kept", async () => {
    const good = JSON.stringify({ t: "session", s: "d/a", f: [["x", 1]], at: 5 });
    await writeFile(file, `${good}\nnull\n7\n{"t":"session","s":"d/b","f":[["x",9]],"at":5}\n{"s":1}\n`);
    await appendFile(file, '{"t":"session","s":"d/c","f":[["x"');
    const store = await openStore();
    expect(store.all).toEqual([{ session: "d/a", subscriptions: [{ topic: "x", qos: 1 }] }]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it("reads a file of version 0.1", async () => {
    await writeFile(
      file,
      '{"t":"session","s":"pump/c","f":[["devices/pump/commands/+",1],["x/ü",0]],"at":1795782388098}\n' +
        '{"t":"session","s":"gone/c","f":[["y",2]],"at":1795782388098}\n{"t":"end","s":"gone/c"}\n',
    );
    const store = await openStore();
    expect(store.all).toEqual([
      {
        session: "pump/c",
        subscriptions: [
          { topic: "devices/pump/commands/+", qos: 1 },
          { topic: "x/ü", qos: 0 },
        ],
      },
    ]);
    await store.close();
  });

  it("names those that are not heard of any more, and those too many, but none that is connected", async () => {
    const hour = 3_600_000;
    let now = 0;
    const store = await openStore(3, () => now);
    for (const name of ["a", "b", "c", "d", "e"]) {
      now += hour;
      await store.add(name, [{ topic: "x", qos: 1 }]);
    }
    expect(store.outdated(0, () => false)).toEqual(["a", "b"]);
    now += hour;
    store.seen("a");
    expect(store.outdated(0, () => false)).toEqual(["b", "c"]);
    expect(store.outdated(4 * hour, (session) => session === "b")).toEqual(["c", "d"]);
    await store.close();
  });

  it("its file stays small however often subscriptions change", async () => {
    const store = await openStore();
    const filters = Array.from({ length: 100 }, (_, i) => ({ topic: `devices/d/some/longer/topic/${i}`, qos: 1 }));
    for (let round = 0; round < 400; round += 1) {
      await store.add(
        "d/a",
        filters.map(({ topic }) => ({ topic, qos: round % 2 })),
      );
    }
    await store.close();
    expect((await readFile(file)).length).toBeLessThan(1_200_000);
  });
});

function sorted(all: readonly (readonly unknown[])[]): string[] {
  return all
    .map(([session, of]) => JSON.stringify([session, (of as unknown[]).map((each) => JSON.stringify(each)).toSorted()]))
    .toSorted();
}
