import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HeadwaterError, retrying, UnknownOutcomeError } from "@headwater/core";
import { LogUnavailableError } from "../src/errors.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startKafka, type Kafka } from "../../../scripts/servers/kafka.ts";
import { Collected, numbered, pause, record, spec, text, until, valuesOf } from "../src/contract/harness.ts";
import { openKafkaLog } from "../src/kafka/open-kafka-log.ts";
import type { EventLog } from "../src/event-log.ts";

// A broker of its own: it is stopped, hung and killed here.

let kafka: Kafka;
let folder: string;
let names = 0;
const run = randomBytes(3).toString("hex");
const name = (base: string): string => `${base}.${run}.${names++}`;
const requestTimeoutMs = 4000;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headwater-kafka-faults-"));
  kafka = await startKafka({ dataDir: folder, heapMb: 384 });
});

afterAll(async () => {
  await kafka.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = (): Promise<EventLog> =>
  openKafkaLog({
    brokers: kafka.brokers.split(","),
    clientId: "faults",
    requestTimeoutMs,
    connectTimeoutMs: 4000,
    sessionTimeoutMs: 15_000,
    heartbeatMs: 300,
  });

const failureOf = async (work: Promise<unknown>): Promise<HeadwaterError | undefined> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(HeadwaterError);
    return error as HeadwaterError;
  }
};

/** The signal reaches the threads of a process a moment after it was sent; until then a broker answers. */
async function hang(): Promise<void> {
  kafka.kill("SIGSTOP");
  const isStopped = (pid: number): boolean =>
    readdirSync(`/proc/${pid}/task`).every((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
      return stat.slice(stat.lastIndexOf(")") + 2).startsWith("T");
    });
  await until(() => kafka.pids.every(isStopped));
}

/** Resolves once the process is gone: until then the system takes connections for it. */
async function kill(): Promise<void> {
  kafka.kill("SIGKILL");
  await kafka.stop();
}

async function appendUntilTaken(log: EventLog, topic: string, value: string): Promise<void> {
  while ((await failureOf(log.append(topic, [record(value, 0)]))) !== undefined) await pause(100);
}

describe("a broker that hangs", () => {
  it("makes appends fail in time and by type, and is waited out", async () => {
    const log = await open();
    const topic = name("hung");
    await log.ensureTopics([spec(topic, 2)]);
    await log.append(topic, [record("before", 0)]);
    await hang();
    try {
      for (let i = 0; i < 3; i++) {
        const begun = Date.now();
        const errors = await Promise.all([
          failureOf(log.append(topic, [record(`during ${i}`, 0)])),
          pause(300).then(() => failureOf(log.append(topic, [record(`behind ${i}`, 0)]))),
        ]);
        // Well before anybody would call it hung, however busy this machine is.
        expect(Date.now() - begun).toBeLessThan(10 * requestTimeoutMs);
        for (const error of errors) expect(error?.advice).toBe("retry");
        expect(
          errors.every((error) => error instanceof LogUnavailableError || error instanceof UnknownOutcomeError),
        ).toBe(true);
        // The first one had been sent: nobody can know.
        if (i === 0) expect(errors[0]).toBeInstanceOf(UnknownOutcomeError);
      }
    } finally {
      kafka.kill("SIGCONT");
    }
    await appendUntilTaken(log, topic, "after");
    const values = await valuesOf(log, topic, 0);
    expect(values[0]).toBe("before");
    expect(values.at(-1)).toBe("after");
    await log.close();
  });

  it("is given up in time by a machine whose clock is set back meanwhile", async () => {
    const log = await open();
    const topic = name("clock");
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, [record("before", 0)]);
    await hang();
    const begun = performance.now();
    const error = failureOf(log.append(topic, [record("during", 0)]));
    const behind = pause(100).then(() => failureOf(log.append(topic, [record("behind", 0)])));
    const wall = Date.now;
    await pause(200);
    Date.now = () => wall() - 3_600_000;
    try {
      for (const each of await Promise.all([error, behind])) expect(each?.advice).toBe("retry");
      expect(performance.now() - begun).toBeLessThan(10 * requestTimeoutMs);
    } finally {
      Date.now = wall;
      kafka.kill("SIGCONT");
    }
    await appendUntilTaken(log, topic, "after");
    await log.close();
  });

  it("loses nothing of a producer that repeats itself, in order, and is waited out by consumers and followers", async () => {
    const log = await open();
    const [topic, group] = [name("writer"), name("group")];
    await log.ensureTopics([spec(topic, 1)]);
    const [consumed, followed] = [new Collected(), new Collected()];
    const consumption = await log.consume({
      group,
      topics: [topic],
      async onBatch(batch) {
        consumed.add(batch);
        await batch.commit().catch((error: unknown) => expect(error).toBeInstanceOf(LogUnavailableError));
      },
    });
    const following = await log.follow({ topics: [topic], onBatch: (batch) => followed.add(batch) });
    // As the gateway forwards: one append at a time, of all that came meanwhile, repeated as it was.
    let came = 0;
    const forwarding = (async () => {
      for (let sent = 0; sent < 400;) {
        const batch = numbered(came - sent, 0, sent);
        if (batch.length === 0) await pause(5);
        else await retrying(() => log.append(topic, batch));
        sent += batch.length;
      }
    })();
    for (; came < 400; came++) {
      if (came === 100) await hang();
      // What is under way when it stops is given up.
      if (came === 200) await pause(1.5 * requestTimeoutMs);
      if (came === 300) kafka.kill("SIGCONT");
      await pause(20);
    }
    await forwarding;
    const wanted = Array.from({ length: 400 }, (_, i) => String(i));
    await until(() => new Set(consumed.values).size === 400 && new Set(followed.values).size === 400);
    // What landed twice is a repetition of an identical batch; taken once each, the order is that of the writes.
    expect([...new Set(await valuesOf(log, topic, 0))]).toEqual(wanted);
    expect([...new Set(followed.values)]).toEqual(wanted);
    await following.close();
    await consumption.close();
    await log.close();
  });

  it("is told at once that nobody answers, when the log is opened", async () => {
    await hang();
    try {
      const begun = Date.now();
      const error = await failureOf(open());
      expect(error).toBeInstanceOf(LogUnavailableError);
      expect(Date.now() - begun).toBeLessThan(10 * requestTimeoutMs);
    } finally {
      kafka.kill("SIGCONT");
    }
  });
});

describe("a broker that is killed and comes back", () => {
  it("is waited out by everyone, and nothing that was acked is lost", async () => {
    const log = await open();
    const [topic, group] = [name("restart"), name("group")];
    await log.ensureTopics([spec(topic, 3)]);
    const [consumed, followed] = [new Collected(), new Collected()];
    const consumption = await log.consume({
      group,
      topics: [topic],
      async onBatch(batch) {
        consumed.add(batch);
        await batch.commit().catch((error: unknown) => expect(error).toBeInstanceOf(LogUnavailableError));
      },
    });
    const following = await log.follow({ topics: [topic], onBatch: (batch) => followed.add(batch) });
    const acked = new Set<string>();
    let stop = false;
    const appending = (async () => {
      for (let i = 0; !stop; i++) {
        const error = await failureOf(log.append(topic, [record(String(i), i % 3)]));
        if (error === undefined) acked.add(String(i));
        else expect(error.advice).toBe("retry");
        await pause(5);
      }
    })();
    await until(() => acked.size > 50);
    await kill();
    const before = acked.size;
    await kafka.restart();
    await until(() => acked.size > before + 50);
    stop = true;
    await appending;
    await until(() => [...acked].every((value) => consumed.values.includes(value) && followed.values.includes(value)));
    await until2(async () => (await lag(log, topic, group)) === 0);
    await consumption.close();
    await following.close();
    await log.close();
  });

  it("keeps a client from the start up to its return, if it was away when it was opened", async () => {
    const log = await open();
    const topic = name("away");
    await log.ensureTopics([spec(topic, 1)]);
    await kill();
    const begun = Date.now();
    const error = await failureOf(log.append(topic, [record("x", 0)]));
    expect(error?.advice).toBe("retry");
    expect(Date.now() - begun).toBeLessThan(10 * requestTimeoutMs);
    expect(await failureOf(log.positions(topic))).toBeInstanceOf(LogUnavailableError);
    await kafka.restart();
    await appendUntilTaken(log, topic, "y");
    const values: string[] = [];
    for await (const batch of log.read(topic, 0)) values.push(...batch.records.map(({ value }) => text(value)));
    expect(values).toContain("y");
    await log.close();
  });
});

async function lag(log: EventLog, topic: string, group: string): Promise<number> {
  const ends = (await log.positions(topic)).reduce((sum, { end }) => sum + end, 0);
  return ends - (await log.committed(group, [topic])).reduce((sum, { offset }) => sum + offset, 0);
}

async function until2(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(50);
}
