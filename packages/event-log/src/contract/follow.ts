import { InvariantError } from "@headwater/core";
import { ForeignPositionError } from "../errors.ts";
import { expect, it } from "vitest";
import { Collected, numbered, pause, record, spec, until, type LogUnderTest } from "./harness.ts";

export function following(under: LogUnderTest): void {
  it("gives every follower everything, from where it says, and says when it has caught up", async () => {
    const log = await under.open();
    const [topic, other] = [under.name("followed"), under.name("also")];
    await log.ensureTopics([spec(topic, 2), spec(other, 1)]);
    await log.append(topic, [...numbered(10, 0), ...numbered(10, 1)]);
    await log.append(other, numbered(3, 0));
    const [all, some] = [new Collected(), new Collected()];
    const caughtUp: string[] = [];
    const first = await log.follow({
      topics: [topic, other],
      onBatch: (batch) => all.add(batch),
      onCaughtUp: () => caughtUp.push(`all after ${all.records.length}`),
    });
    const second = await log.follow({
      topics: [topic],
      from: [{ topic, partition: 1, offset: 8 }],
      otherwise: "latest",
      onBatch: async (batch) => {
        await pause(1);
        some.add(batch);
      },
      onCaughtUp: () => caughtUp.push(`some after ${some.records.length}`),
    });
    await until(() => caughtUp.length === 2);
    expect(caughtUp.toSorted()).toEqual(["all after 23", "some after 2"]);
    await log.append(topic, [record("new", 0)]);
    await until(() => all.records.length === 24 && some.records.length === 3);
    expect(some.values).toEqual(["8", "9", "new"]);
    for (const partition of [0, 1]) {
      const offsets = all.records.filter((each) => each.topic === topic && each.partition === partition);
      expect(offsets.map(({ offset }) => offset)).toEqual(offsets.map((_, i) => i));
    }
    await Promise.all([first.close(), second.close()]);
    await first.done;
    await second.done;
    expect(caughtUp).toHaveLength(2);
    await log.close();
  });

  it("has caught up at once with an empty log", async () => {
    const log = await under.open();
    const topic = under.name("empty");
    await log.ensureTopics([spec(topic, 2)]);
    const { promise, resolve } = Promise.withResolvers<void>();
    const followed = await log.follow({ topics: [topic], onBatch() {}, onCaughtUp: resolve });
    await promise;
    await followed.close();
    await log.close();
  });

  it("delivers what was appended within a moment, without being asked", async () => {
    const log = await under.open();
    const topic = under.name("prompt");
    await log.ensureTopics([spec(topic, 2)]);
    const seen = new Map<string, number>();
    const followed = await log.follow({
      topics: [topic],
      onBatch(batch) {
        for (const each of batch.records)
          seen.set(new TextDecoder().decode(each.value ?? undefined), performance.now());
      },
    });
    const [appends, delays]: [number[], number[]] = [[], []];
    for (let i = 0; i < 20; i++) {
      const sent = performance.now();
      await log.append(topic, [record(String(i), i % 2)]);
      const acked = performance.now();
      await until(() => seen.has(String(i)));
      appends.push(acked - sent);
      delays.push(seen.get(String(i))! - acked);
    }
    for (const times of [appends, delays]) times.sort((a, b) => a - b);
    // Whoever asked now and then would be late each time: every append follows the delivery of the one before. A busy
    // machine makes some of them wait, and appends with them.
    expect(delays[4]).toBeLessThan(50 + 10 * appends[10]!);
    await followed.close();
    await log.close();
  });

  it("ends with what the handler threw, and calls it no more", async () => {
    const log = await under.open();
    const topic = under.name("thrown");
    await log.ensureTopics([spec(topic, 2)]);
    await log.append(topic, [...numbered(3, 0), ...numbered(3, 1)]);
    const boom = new InvariantError("boom");
    let calls = 0;
    const followed = await log.follow({
      topics: [topic],
      onBatch() {
        calls++;
        throw boom;
      },
    });
    await expect(followed.done).rejects.toBe(boom);
    await log.append(topic, numbered(3, 0));
    await pause(100);
    expect(calls).toBe(1);
    await log.close();
  });

  it("refuses a position beyond the end: it belongs to another log", async () => {
    const log = await under.open();
    const topic = under.name("beyond");
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(3, 0));
    await expect(
      log.follow({ topics: [topic], from: [{ topic, partition: 0, offset: 4 }], onBatch() {} }),
    ).rejects.toBeInstanceOf(ForeignPositionError);
    await log.close();
  });

  it("closes in the midst of activity", async () => {
    const log = await under.open();
    const topic = under.name("closing");
    await log.ensureTopics([spec(topic, 2)]);
    let delivered = 0;
    const followed = await log.follow({
      topics: [topic],
      async onBatch(batch) {
        await pause(2);
        delivered += batch.records.length;
      },
    });
    // Each goes on until the log refuses: an append is under way whenever it closes.
    let refused = 0;
    const appending = Array.from({ length: 8 }, async (_, i) => {
      try {
        for (;;) await log.append(topic, numbered(10, i % 2));
      } catch {
        refused += 1;
      }
    });
    try {
      await until(() => delivered > 0);
    } finally {
      // The appends end with it, also when nothing is delivered.
      await log.close();
    }
    await followed.done;
    await Promise.all(appending);
    const after = delivered;
    await pause(50);
    expect(delivered).toBe(after);
    expect(refused).toBe(8);
    await expect(log.append(topic, numbered(1, 0))).rejects.toBeInstanceOf(InvariantError);
  });
}
