import { InvariantError } from "@headwater/core";
import { expect, it } from "vitest";
import type { Consumption, EventLog, GroupBatch } from "../event-log.ts";
import { Collected, numbered, pause, record, spec, until, type LogUnderTest } from "./harness.ts";

/** A member that keeps a list of the partitions it owns. */
class Member {
  readonly owned = new Set<string>();
  readonly seen = new Collected();
  readonly revoked: string[] = [];
  readonly held: GroupBatch[] = [];
  consumption!: Consumption;
  /** Handles a batch; by default it is committed. */
  work: (batch: GroupBatch) => Promise<unknown> = (batch) => batch.commit();

  static async join(log: EventLog, group: string, topics: readonly string[], work?: Member["work"]): Promise<Member> {
    const member = new Member();
    if (work !== undefined) member.work = work;
    member.consumption = await log.consume({
      group,
      topics,
      async onAssigned(partitions) {
        for (const { topic, partition } of partitions) member.owned.add(`${topic}/${partition}`);
      },
      async onRevoked(partitions) {
        for (const { topic, partition } of partitions) {
          member.owned.delete(`${topic}/${partition}`);
          member.revoked.push(`${topic}/${partition}`);
        }
      },
      async onBatch(batch) {
        member.seen.add(batch);
        member.held.push(batch);
        await member.work(batch);
      },
    });
    return member;
  }
}

const disjoint = (a: Member, b: Member): boolean => [...a.owned].every((each) => !b.owned.has(each));

export function groups(under: LogUnderTest): void {
  it("shares the partitions among members, evenly; who leaves or dies hands over from the last commit", async () => {
    const log = await under.open();
    const [topic, group] = [under.name("shared"), under.name("group")];
    await log.ensureTopics([spec(topic, 6)]);
    const one = await Member.join(log, group, [topic]);
    await until(() => one.owned.size === 6);
    const two = await Member.join(log, group, [topic]);
    await until(() => one.owned.size === 3 && two.owned.size === 3);
    expect(disjoint(one, two)).toBe(true);
    // A member is not asked again about the partitions it keeps.
    expect(one.revoked).toHaveLength(3);

    for (let partition = 0; partition < 6; partition++)
      await log.append(topic, numbered(10, partition, partition * 10));
    await until(() => one.seen.records.length + two.seen.records.length === 60);
    expect(new Set([...one.seen.values, ...two.seen.values]).size).toBe(60);

    await two.consumption.close();
    await until(() => one.owned.size === 6);
    const three = await Member.join(log, group, [topic]);
    await until(() => one.owned.size === 3 && three.owned.size === 3);

    // It dies with a batch it has not committed.
    const boom = new InvariantError("boom");
    three.work = () => Promise.reject(boom);
    const before = one.seen.records.length;
    for (let partition = 0; partition < 6; partition++)
      await log.append(topic, [record(`late-${partition}`, partition)]);
    await expect(three.consumption.done).rejects.toBe(boom);
    await until(() => one.owned.size === 6);
    await until(() => one.seen.values.slice(before).filter((value) => value.startsWith("late-")).length >= 6);
    const late = one.seen.values.slice(before);
    expect(new Set(late)).toEqual(new Set([0, 1, 2, 3, 4, 5].map((partition) => `late-${partition}`)));
    await one.consumption.close();
    await log.close();
  });

  it("gives same-numbered partitions of all topics to one member", async () => {
    const log = await under.open();
    const [a, b, small] = [under.name("a"), under.name("b"), under.name("small")];
    const group = under.name("group");
    await log.ensureTopics([spec(a, 5), spec(b, 5), spec(small, 1)]);
    const topics = [a, b, small];
    const members = [
      await Member.join(log, group, topics),
      await Member.join(log, group, topics),
      await Member.join(log, group, topics),
    ];
    await until(
      () =>
        members.reduce((sum, { owned }) => sum + owned.size, 0) === 11 && members.every(({ owned }) => owned.size >= 2),
    );
    await pause(100);
    const numbers = (member: Member, topic: string): string[] =>
      [...member.owned]
        .filter((each) => each.startsWith(`${topic}/`))
        .map((each) => each.slice(topic.length + 1))
        .toSorted();
    for (const member of members) {
      expect(numbers(member, a)).toEqual(numbers(member, b));
      expect(numbers(member, small)).toEqual(numbers(member, a).includes("0") ? ["0"] : []);
    }
    expect(members.map((member) => numbers(member, a).length).toSorted((x, y) => x - y)).toEqual([1, 2, 2]);
    for (const member of members) await member.consumption.close();
    await log.close();
  });

  it("commits nothing for a revoked partition, and tells its handler to stop", async () => {
    const log = await under.open();
    const [topic, group] = [under.name("revoked"), under.name("group")];
    await log.ensureTopics([spec(topic, 2)]);
    await log.append(topic, [record("a", 0), record("b", 1)]);
    const gate = Promise.withResolvers<void>();
    const slow = await Member.join(log, group, [topic], () => gate.promise);
    await until(() => slow.held.length === 2);
    const other = await Member.join(log, group, [topic]);
    await until(() => other.owned.size === 1 && slow.revoked.length === 1);
    const isLost = (batch: GroupBatch): boolean => slow.revoked.includes(`${topic}/${batch.partition}`);
    const lost = slow.held.find(isLost)!;
    const kept = slow.held.find((batch) => !isLost(batch))!;
    expect(lost.signal.aborted).toBe(true);
    expect(kept.signal.aborted).toBe(false);
    // The new owner has it from the start, for it was never committed, and its commit stands.
    await until(() => other.seen.records.length === 1);
    expect(other.seen.records[0]!.partition).toBe(lost.partition);
    expect(await lost.commit(0)).toBe(false);
    expect(await kept.commit()).toBe(true);
    gate.resolve();
    await until2(log, group, topic, 2);
    expect((await log.committed(group, [topic])).map(({ offset }) => offset)).toEqual([1, 1]);
    await Promise.all([slow.consumption.close(), other.consumption.close()]);
    await log.close();
  });

  it("lets a member end what it has under way before another one begins behind it", async () => {
    const log = await under.open();
    const [topic, group] = [under.name("handover"), under.name("group")];
    await log.ensureTopics([spec(topic, 2)]);
    await log.append(topic, [record("a", 0), record("b", 1)]);
    const underWay: GroupBatch[] = [];
    const done: boolean[] = [];
    let handovers = 0;
    const one = await log.consume({
      ...{ group, topics: [topic] },
      onBatch: async (batch) => void underWay.push(batch),
      async onHandover() {
        handovers += 1;
        for (const batch of underWay.splice(0)) {
          await pause(50);
          done.push(!batch.signal.aborted && (await batch.commit()));
        }
      },
    });
    await until(() => underWay.length === 2);
    expect(handovers).toBe(0);
    const other = await Member.join(log, group, [topic]);
    expect(done).toEqual([true, true]);
    await until(() => other.owned.size === 1);
    await log.append(topic, [record("later", 0), record("later", 1)]);
    await until(() => other.seen.records.length === 1 && underWay.length === 1);
    expect(other.seen.values).toEqual(["later"]);
    await Promise.all([one.close(), other.consumption.close()]);
    await log.close();
  });

  it("keeps groups apart, and their offsets over a restart", async () => {
    let log = await under.open();
    const [topic, left, right] = [under.name("apart"), under.name("left"), under.name("right")];
    await log.ensureTopics([spec(topic, 2)]);
    await log.append(topic, [...numbered(4, 0), ...numbered(4, 1)]);
    const one = await Member.join(log, left, [topic]);
    const two = await Member.join(log, right, [topic], (batch) => batch.commit(1));
    await until(() => one.seen.records.length === 8 && two.seen.records.length === 8);
    await Promise.all([one.consumption.close(), two.consumption.close()]);
    log = await under.reopen(log);
    const lag = async (group: string): Promise<number> => {
      const ends = (await log.positions(topic)).reduce((sum, { end }) => sum + end, 0);
      return ends - (await log.committed(group, [topic])).reduce((sum, { offset }) => sum + offset, 0);
    };
    expect([await lag(left), await lag(right)]).toEqual([0, 6]);
    await log.close();
  });

  it("goes on where it was under its former name, in what it has not committed itself", async () => {
    let log = await under.open();
    const [topic, former, group] = [under.name("renamed"), under.name("former"), under.name("group")];
    await log.ensureTopics([spec(topic, 3)]);
    await log.append(topic, [...numbered(4, 0), ...numbered(4, 1), ...numbered(4, 2)]);
    const before = await log.consume({
      ...{ group: former, topics: [topic] },
      onBatch: async (batch) => void (batch.partition < 2 && (await batch.commit(batch.partition + 1))),
    });
    while ((await log.committed(former, [topic])).length < 2) await pause(10);
    await before.close();

    const join = async () => {
      const seen = new Collected();
      const consumption = await log.consume({
        ...{ group, formerGroup: former, topics: [topic] },
        async onBatch(batch) {
          seen.add(batch);
          if (batch.partition === 1) await batch.commit(3);
        },
      });
      return { seen, consumption };
    };
    const offsets = ({ seen }: { readonly seen: Collected }) =>
      [0, 1, 2].map((of) => seen.records.filter(({ partition }) => partition === of).map(({ offset }) => offset));
    const first = await join();
    await until(() => first.seen.records.length === 3 + 2 + 4);
    expect(offsets(first)).toEqual([
      [1, 2, 3],
      [2, 3],
      [0, 1, 2, 3],
    ]);
    await until2(log, group, topic, 2);
    // A second member commits nothing of the past.
    const second = await join();
    await Promise.all([first.consumption.close(), second.consumption.close()]);
    log = await under.reopen(log);
    const committed = (await log.committed(group, [topic])).toSorted((a, b) => a.partition - b.partition);
    expect(committed.map(({ offset }) => offset)).toEqual([1, 3]);
    const again = await join();
    await until(() => again.seen.records.length === 3 + 1 + 4);
    expect(offsets(again)).toEqual([[1, 2, 3], [3], [0, 1, 2, 3]]);
    await again.consumption.close();
    await log.close();
  });
}

async function until2(log: EventLog, group: string, topic: string, count: number): Promise<void> {
  while ((await log.committed(group, [topic])).length < count) await pause(10);
}
