import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { ConfigError, silentLogger } from "@headwater/core";
import { Kafka, logLevel } from "kafkajs";
import { afterEach, describe, expect, it } from "vitest";
import { Collected, numbered, pause, spec, until } from "../src/contract/harness.ts";
import { openKafkaLog } from "../src/kafka/open-kafka-log.ts";
import type { EventLog } from "../src/event-log.ts";

const brokers = process.env["HEADWATER_KAFKA_BROKERS"];
if (brokers === undefined) throw new ConfigError("HEADWATER_KAFKA_BROKERS is missing: start the real servers first");
const run = `members-${randomBytes(4).toString("hex")}`;
let names = 0;
const name = (base: string): string => `${run}.${base}.${names++}`;
const open = (): Promise<EventLog> =>
  openKafkaLog({ brokers: brokers.split(","), clientId: run, heartbeatMs: 200, sessionTimeoutMs: 6000 });

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A member in a process of its own: what it printed of batches that it committed, or what the script says. */
function member(
  topic: string,
  group: string,
  script = "./consume-forever.ts",
  ...more: string[]
): { readonly values: string[]; readonly handed: string[]; readonly child: ChildProcess } {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [file, topic, group, ...more], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const values: string[] = [];
  const handed: string[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (line.startsWith("+")) handed.push(line.slice(1));
      else values.push(line);
    }
  });
  return { values, handed, child };
}

describe("a group in which another program consumes", () => {
  it("is waited for, and said so once: its member ends nothing of ours", async () => {
    const said: string[] = [];
    const logger = { ...silentLogger, warn: (_: object | string, text?: string) => void said.push(text ?? "") };
    const log = await openKafkaLog({ brokers: brokers.split(","), clientId: run, heartbeatMs: 200, logger });
    const [topic, group] = [name("topic"), name("group")];
    await log.ensureTopics([spec(topic, 2)]);
    await log.append(topic, numbered(5, 0));
    const foreign = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).consumer({ groupId: group });
    await foreign.subscribe({ topic });
    const joined = new Promise((resolve) => foreign.on("consumer.group_join", resolve));
    await foreign.run({ eachMessage: async () => {} });
    await joined;
    const seen = new Collected();
    const consuming = log.consume({ group, topics: [topic], onBatch: async (batch) => seen.add(batch) });
    await until(() => said.some((text) => text.includes("another program")));
    // Its next attempts say nothing more.
    await pause(500);
    await foreign.disconnect();
    const consumption = await consuming;
    await until(() => seen.values.length === 5);
    expect(said.filter((text) => text.includes("another program"))).toHaveLength(1);
    await consumption.close();
    await log.close();
  });
});

describe("a member that leaves as it should", () => {
  it("has its partitions taken over before anybody misses them", async () => {
    const [staying, leaving] = await Promise.all(
      ["staying", "leaving"].map((clientId) => openKafkaLog({ brokers: brokers.split(","), clientId })),
    );
    const topic = name("topic");
    await staying!.ensureTopics([spec(topic, 2)]);
    const [alone, handedOver]: [number[], number[]] = [[], []];
    for (let round = 0; round < 5; round++) {
      const group = name("group");
      const owned = new Set<number>();
      const joins = performance.now();
      const first = await staying!.consume({
        ...{ group, topics: [topic], onBatch: async () => {} },
        async onAssigned(partitions) {
          for (const { partition } of partitions) owned.add(partition);
        },
        async onRevoked(partitions) {
          for (const { partition } of partitions) owned.delete(partition);
        },
      });
      alone.push(performance.now() - joins);
      const second = await leaving!.consume({ group, topics: [topic], onBatch: async () => {} });
      await until(() => owned.size === 1);
      // Both have joined a moment ago, so that the first one's next heartbeat is as far away as it can be.
      const leaves = performance.now();
      await second.close();
      await until(() => owned.size === 2);
      handedOver.push(performance.now() - leaves);
      await first.close();
    }
    await Promise.all([staying!.close(), leaving!.close()]);
    const median = (times: number[]): number => times.toSorted((a, b) => a - b)[2]!;
    // Whoever waits for a heartbeat of a second does so in every round, and a busy machine is slow in some of them.
    // Against what joining a group takes on a machine as busy as it is.
    expect(Math.min(...handedOver)).toBeLessThan(700 + 5 * median(alone));
  });
});

describe("members of a group in several processes", () => {
  it("take over from one that is killed, and from one that hangs, whose commits then come to nothing", async () => {
    const log = await open();
    const [topic, group] = [name("topic"), name("group")];
    await log.ensureTopics([spec(topic, 4)]);
    const [one, two] = [member(topic, group), member(topic, group)];
    let sent = 0;
    const send = async (): Promise<void> => {
      for (let partition = 0; partition < 4; partition++) await log.append(topic, numbered(1, partition, sent++));
    };
    // What one of them was handed when it was killed is committed, or not; who takes over begins where that says.
    const all = (): Set<string> => new Set([...one.handed, ...two.handed, ...here.values]);
    const here = new Collected();
    const begins = new Map<number, number>();
    while (one.values.length === 0 || two.values.length === 0) {
      await send();
      await pause(50);
    }
    two.child.kill("SIGSTOP");
    one.child.kill("SIGKILL");
    await send();
    const third = await log.consume({
      group,
      topics: [topic],
      async onAssigned(partitions) {
        const committed = new Map((await log.committed(group, [topic])).map((each) => [each.partition, each.offset]));
        for (const { partition } of partitions)
          if (!begins.has(partition)) begins.set(partition, committed.get(partition) ?? 0);
      },
      async onBatch(batch) {
        here.add(batch);
        await batch.commit();
      },
    });
    await until(() => begins.size === 4);
    await send();
    await until(() => all().size === sent);
    for (const [partition, begin] of begins)
      expect(here.records.find((each) => each.partition === partition)?.offset).toBe(begin);
    // The one that hung wakes up as a former owner.
    two.child.kill("SIGCONT");
    const before = two.values.length;
    while (two.values.length === before) {
      await send();
      await pause(50);
    }
    await until(() => all().size === sent);
    let lag = 1;
    while (lag > 0) {
      const ends = (await log.positions(topic)).reduce((sum, { end }) => sum + end, 0);
      lag = ends - (await log.committed(group, [topic])).reduce((sum, { offset }) => sum + offset, 0);
      await pause(50);
    }
    await third.close();
    await log.close();
  });

  it("that were stopped and got their partition back commit nothing of before, and take nobody back", async () => {
    const log = await open();
    const [topic, group] = [name("topic"), name("group")];
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(400, 0));
    const stopped = member(topic, group, "./hold-batch.ts", "6");
    await until(() => stopped.values.includes("holds"));
    stopped.child.kill("SIGSTOP");
    // The other one waits for the end of the session, goes on to the end and leaves.
    const done = Promise.withResolvers<void>();
    const other = await log.consume({
      group,
      topics: [topic],
      async onBatch(batch) {
        if ((await batch.commit()) && batch.records.at(-1)!.offset === 399) done.resolve();
      },
    });
    await done.promise;
    await other.close();
    stopped.child.kill("SIGCONT");
    stopped.child.stdin!.write("go\n");
    await until(() => stopped.values.length > 1);
    expect(stopped.values).toEqual(["holds", "false"]);
    expect(await log.committed(group, [topic])).toEqual([{ topic, partition: 0, offset: 400 }]);
    await log.close();
  });

  it("share from the start when they come at once, each partition with one of them", async () => {
    const [topic, group] = [name("topic"), name("group")];
    const logs = await Promise.all([open(), open(), open()]);
    await logs[0].ensureTopics([spec(topic, 6)]);
    const owned = logs.map(() => new Set<number>());
    const members = await Promise.all(
      logs.map((log, i) =>
        log.consume({
          group,
          topics: [topic],
          async onAssigned(partitions) {
            for (const { partition } of partitions) owned[i]!.add(partition);
          },
          async onRevoked(partitions) {
            for (const { partition } of partitions) owned[i]!.delete(partition);
          },
          onBatch: async (batch) => void (await batch.commit()),
        }),
      ),
    );
    await until(() => owned.every((each) => each.size === 2));
    expect(owned.flatMap((each) => [...each]).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    await Promise.all(members.map((each) => each.close()));
    await Promise.all(logs.map((log) => log.close()));
  });
});
