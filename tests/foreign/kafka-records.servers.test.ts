import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { silentLogger } from "@headwater/core";
import type { EventLog, LogGap } from "@headwater/event-log";
import { Collected, readAll, record, spec, until, valuesOf } from "../../packages/event-log/src/contract/harness.ts";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { eventually } from "@headwater/testkit/eventually";
import { flipBitOf, KafkaRelay } from "@headwater/testkit/kafka-relay";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { kafkaClassPath } from "../../scripts/servers/kafka-install.ts";
import { startKafka, type Kafka } from "../../scripts/servers/kafka.ts";
import { freePorts } from "../../scripts/servers/free-port.ts";
import { ForeignWriter } from "./foreign-writer.ts";

// A broker of its own, behind a line on which bits are flipped; librdkafka writes what no client of ours writes.

const PRODUCE = 0;
const FETCH = 1;
const API_VERSIONS = 18;
const MEGABYTE = 1024 * 1024;

let folder: string;
let relay: KafkaRelay;
let kafka: Kafka;
let writer: ForeignWriter;
let log: EventLog;
let gaps: LogGap[];
let names = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headwater-foreign-"));
  relay = await KafkaRelay.start();
  const [port] = await freePorts(1);
  relay.target = port!;
  kafka = await startKafka({
    dataDir: folder,
    ports: [port!],
    heapMb: 512,
    properties: { "advertised.listeners": `BROKER://127.0.0.1:${relay.port}` },
  });
  writer = await ForeignWriter.start(`127.0.0.1:${relay.port}`);
});

afterAll(async () => {
  await writer?.stop();
  await relay?.stop();
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  gaps = [];
  log = await openKafkaLog({
    brokers: [`127.0.0.1:${relay.port}`],
    clientId: "foreign",
    requestTimeoutMs: 20_000,
    heartbeatMs: 300,
    logger: silentLogger,
    onGap: (gap) => void gaps.push(gap),
  });
});

afterEach(async () => {
  relay.onRequest = () => {};
  relay.onAnswer = () => {};
  await log.close();
});

async function newTopic(base: string): Promise<string> {
  const topic = `${base}.${names++}`;
  await log.ensureTopics([spec(topic, 1)]);
  return topic;
}

/** Follows until so many records have come. */
async function followed(topic: string, count: number): Promise<string[]> {
  const seen = new Collected();
  const following = await log.follow({ topics: [topic], onBatch: (batch) => seen.add(batch) });
  await Promise.race([until(() => seen.records.length >= count), following.done]);
  await following.close();
  return seen.values;
}

describe("records of another client", () => {
  it.each(["none", "gzip", "snappy", "lz4", "zstd"] as const)("packed with %s are read and followed", async (codec) => {
    const topic = await newTopic(codec);
    // More than the blocks of any codec hold, near and far repetitions, and hardly any.
    const values = [
      "small",
      ...Array.from({ length: 50 }, (_, i) => `a reading of sensor ${i} `.repeat(200 * i)),
      Array.from({ length: 20_000 }, (_, i) => String(Math.sin(i))).join(),
    ];
    await writer.write({ topic, codec, values });
    await log.append(topic, [record("ours", 0)]);
    const wanted = [...values, "ours"];
    expect(await valuesOf(log, topic, 0)).toEqual(wanted);
    expect(await followed(topic, wanted.length)).toEqual(wanted);
    expect(gaps).toEqual([]);
  });

  it("that unpack to more than is taken into memory are a gap that is named, and those around it are read", async () => {
    const topic = await newTopic("bombs");
    await writer.write({
      topic,
      codec: "gzip",
      alone: true,
      values: ["before", 40 * MEGABYTE, 70 * MEGABYTE, "behind"],
    });
    await writer.write({ topic, codec: "zstd", alone: true, values: [70 * MEGABYTE] });
    await writer.write({ topic, codec: "lz4", alone: true, values: [70 * MEGABYTE] });
    await writer.write({ topic, codec: "snappy", alone: true, values: ["last"] });
    const tooLarge = (fromOffset: number): LogGap => ({
      ...{ topic, partition: 0, fromOffset, toOffset: fromOffset + 1, reason: "too-large" },
    });
    const wanted = { lengths: [6, 40 * MEGABYTE, 6, 4], gaps: [2, 4, 5].map(tooLarge) };
    const read = await readAll(log, topic, 0);
    expect({ lengths: read.map(({ value }) => value?.length), gaps }).toEqual(wanted);

    const told: LogGap[] = [];
    const lengths: number[] = [];
    const consumption = await log.consume({
      group: "bombs",
      topics: [topic],
      onGap: (gap) => void told.push(gap),
      async onBatch(batch) {
        lengths.push(...batch.records.map(({ value }) => value?.length ?? -1));
        await batch.commit();
      },
    });
    await Promise.race([until(() => lengths.length === 4), consumption.done]);
    expect({ lengths, gaps: told }).toEqual(wanted);
    await consumption.close();
  });

  it("of transactions are read when they were committed, and their markers are no lag", async () => {
    const topic = await newTopic("transactions");
    const transaction = "foreign-transaction";
    await writer.write({ topic, transaction, end: "commit", values: ["kept"] });
    await writer.write({ topic, transaction, end: "abort", values: ["given up", "given up too"] });
    await writer.write({ topic, values: ["plain"] });
    await writer.write({ topic, transaction, end: "abort", codec: "lz4", values: ["given up"] });
    expect(await valuesOf(log, topic, 0)).toEqual(["kept", "plain"]);
    expect(await followed(topic, 2)).toEqual(["kept", "plain"]);

    const seen = new Collected();
    const consumption = await log.consume({
      group: "transactions",
      topics: [topic],
      async onBatch(batch) {
        seen.add(batch);
        await batch.commit();
      },
    });
    const lag = async (): Promise<number> => {
      const end = (await log.positions(topic))[0]?.end ?? -1;
      return end - ((await log.committed("transactions", [topic]))[0]?.offset ?? 0);
    };
    await eventually(async () => expect(await lag()).toBe(0));
    await writer.write({ topic, transaction, end: "commit", values: ["at last"] });
    await eventually(async () => expect([await lag(), seen.values]).toEqual([0, ["kept", "plain", "at last"]]));
    await consumption.close();
    expect(gaps).toEqual([]);
  });

  it("that belong to a transaction still open wait for its end; a reader that asks for what is there is not held up", async () => {
    const topic = await newTopic("open");
    await writer.write({ topic, values: ["before"] });
    const transaction = "open-transaction";
    await writer.write({ topic, transaction, values: ["first"] });
    await log.append(topic, [record("ours", 0)]);
    expect(await valuesOf(log, topic, 0)).toEqual(["before"]);
    let caughtUp = false;
    const seen = new Collected();
    const following = await log.follow({
      topics: [topic],
      onBatch: (batch) => seen.add(batch),
      onCaughtUp: () => (caughtUp = true),
    });
    await until(() => caughtUp);
    expect(seen.values).toEqual(["before"]);
    await writer.stop();
    writer = await ForeignWriter.start(`127.0.0.1:${relay.port}`);
    // A producer of the same name fences the former one, whose transaction is given up with that.
    await writer.write({ topic, transaction, end: "commit", values: ["second"] });
    await until(() => seen.records.length === 3);
    expect(seen.values).toEqual(["before", "ours", "second"]);
    await following.close();
  });
});

describe("a broker that packs everything itself", () => {
  it.each(["lz4", "snappy"])("with %s is written to and read from", async (codec) => {
    const topic = await newTopic("broker-packs");
    const run = promisify(execFile);
    const classPath = await kafkaClassPath(() => {});
    const configure = (change: string): Promise<unknown> =>
      run("java", [
        ...["-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", classPath, "kafka.admin.ConfigCommand"],
        ...["--bootstrap-server", `127.0.0.1:${relay.target}`, "--alter", "--entity-type", "brokers"],
        ...["--entity-default", ...change.split(" ")],
      ]);
    await configure(`--add-config compression.type=${codec}`);
    const values = Array.from({ length: 500 }, (_, i) => `value ${i}`);
    await log.append(
      topic,
      values.map((value) => record(value, 0)),
    );
    expect(await valuesOf(log, topic, 0)).toEqual(values);
    expect(await followed(topic, values.length)).toEqual(values);
    await configure("--delete-config compression.type");
  });
});

describe("a bit that is flipped on the way", () => {
  it("to the broker is sent again as it was, and nothing is refused", async () => {
    const topic = await newTopic("flipped");
    let flips = 0;
    relay.onRequest = (apiKey, frame) => {
      if (apiKey === PRODUCE && flips < 3 && flipBitOf("reading", frame)) flips++;
    };
    await log.append(topic, [record("a reading", 0)]);
    expect(flips).toBe(3);
    expect(await valuesOf(log, topic, 0)).toEqual(["a reading"]);
  });

  it("to the broker in what no checksum covers refuses nothing for good either", async () => {
    const topic = await newTopic("flipped-head");
    let flips = 0;
    relay.onRequest = (apiKey, frame) => {
      const value = frame.indexOf("a reading");
      // The first offset of the batch, which has to be 0.
      if (apiKey === PRODUCE && value > 0 && flips++ === 0) frame[value - 75]! ^= 1;
    };
    await log.append(topic, [record("a reading", 0)]).catch((error: { advice: string }) => {
      expect(error.advice).toBe("retry");
      return log.append(topic, [record("a reading", 0)]);
    });
    expect(flips).toBeGreaterThan(0);
    expect(new Set(await valuesOf(log, topic, 0))).toEqual(new Set(["a reading"]));
  });

  it("from the broker is fetched again, by readers, followers and groups", async () => {
    const topic = await newTopic("flipped-back");
    await log.append(topic, [record("a reading", 0)]);
    await log.append(topic, [record("another", 0)]);
    let flips = 0;
    const flipOnce = (): void => {
      flips = 0;
      relay.onAnswer = (apiKey, frame) => {
        if (apiKey === FETCH && flips < 2 && flipBitOf("reading", frame)) flips++;
      };
    };
    flipOnce();
    expect([await valuesOf(log, topic, 0), flips]).toEqual([["a reading", "another"], 2]);
    flipOnce();
    expect([await followed(topic, 2), flips]).toEqual([["a reading", "another"], 2]);
    expect(gaps).toEqual([]);
  });

  it("and stays so is a gap that is named, and reading goes on", async () => {
    const topic = await newTopic("damaged");
    for (const value of ["first", "a reading", "last"]) await log.append(topic, [record(value, 0)]);
    relay.onAnswer = (apiKey, frame) => {
      if (apiKey === FETCH) flipBitOf("reading", frame);
    };
    const gap: LogGap = { topic, partition: 0, fromOffset: 1, toOffset: 2, reason: "damaged" };
    expect(await valuesOf(log, topic, 0)).toEqual(["first", "last"]);
    expect(await followed(topic, 2)).toEqual(["first", "last"]);
    expect(gaps).toEqual([gap, gap]);
  });

  it("anywhere in an answer ends no reader", async () => {
    const topic = await newTopic("anywhere");
    for (let i = 0; i < 5; i++) await log.append(topic, [record(`value ${i}`, 0)]);
    let seed = 7;
    let left = 25;
    relay.onAnswer = (apiKey, frame) => {
      if (apiKey !== FETCH || left-- <= 0) return;
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      // Not the length of the frame, its number or a time to wait: those only make a request time out.
      const bit = (seed >>> 4) % ((frame.length - 12) * 8);
      frame[12 + (bit >>> 3)]! ^= 1 << (bit & 7);
    };
    const seen = new Collected();
    const following = await log.follow({ topics: [topic], onBatch: (batch) => seen.add(batch) });
    await Promise.race([until(() => left <= 0 && seen.records.length >= 5), following.done]);
    await following.close();
    expect(seen.records.map(({ offset, value }) => `${offset}:${value}`)).toEqual(
      Array.from({ length: 5 }, (_, i) => `${i}:value ${i}`),
    );
  });
});

describe("a broker that does not understand what is spoken here", () => {
  it("is refused at the start, with what it lacks", async () => {
    relay.onAnswer = (apiKey, frame) => {
      if (apiKey !== API_VERSIONS) return;
      // Length, number, error, count; then key, oldest and newest version of each request.
      for (let at = 14; at + 6 <= frame.length; at += 6)
        if (frame.readInt16BE(at) === FETCH) frame.writeInt16BE(10, at + 4);
    };
    await expect(openKafkaLog({ brokers: [`127.0.0.1:${relay.port}`], clientId: "old" })).rejects.toMatchObject({
      code: "log-unusable",
      message: expect.stringMatching(/Kafka 2\.4 or later.*lacks Fetch v11 \(this broker has v\d+ to v10\)/),
    });
  });
});
