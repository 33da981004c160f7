import { mkdtempSync, rmSync } from "node:fs";
import { eventually } from "@headwater/testkit/eventually";
import { ForeignPositionError } from "../src/errors.ts";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HeadwaterError, silentLogger, type Logger } from "@headwater/core";
import { Kafka as Client, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startKafka, type Kafka } from "../../../scripts/servers/kafka.ts";
import { Collected, numbered, pause, record, spec, until, valuesOf } from "../src/contract/harness.ts";
import { openKafkaLog } from "../src/kafka/open-kafka-log.ts";
import type { EventLog } from "../src/event-log.ts";

// Three brokers of their own: leaders move, and topics are looked at as an operator would.

let kafka: Kafka;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headwater-kafka-cluster-"));
  kafka = await startKafka({ dataDir: folder, heapMb: 320, nodes: 3 });
});

afterAll(async () => {
  await kafka.stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = (logger?: Logger): Promise<EventLog> =>
  openKafkaLog({
    brokers: kafka.brokers.split(","),
    clientId: "cluster",
    requestTimeoutMs: 10_000,
    connectTimeoutMs: 10_000,
    sessionTimeoutMs: 15_000,
    heartbeatMs: 300,
    logger,
  });

const admin = async <T>(work: (client: ReturnType<Client["admin"]>) => Promise<T>): Promise<T> => {
  const client = new Client({
    brokers: kafka.brokers.split(","),
    clientId: "admin",
    logLevel: logLevel.NOTHING,
  }).admin();
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.disconnect();
  }
};

describe("topics that were made", () => {
  it("are replicated, keep time by the log, and are kept as their specification says", async () => {
    const log = await open();
    await log.ensureTopics([
      spec("kept", 3, { retentionMs: 86_400_000 }),
      spec("forever", 1),
      spec("compacted", 2, { cleanup: "compact", minCompactionLagMs: 60_000 }),
    ]);
    // A broker that took no part in it hears of a topic a moment later.
    await eventually(async () => {
      const found = await admin(async (client) => {
        const { resources } = await client.describeConfigs({
          includeSynonyms: false,
          resources: ["kept", "forever", "compacted"].map((name) => ({ type: 2, name })),
        });
        const { topics } = await client.fetchTopicMetadata({ topics: ["kept"] });
        const configs = resources.map(({ resourceName, configEntries }) => [
          resourceName,
          Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
        ]);
        return {
          replicas: topics[0]!.partitions.map((each) => each.replicas.length),
          configs: Object.fromEntries(configs),
        };
      });
      expect(found.replicas).toEqual([3, 3, 3]);
      expect(found.configs).toMatchObject({
        kept: {
          "compression.type": "producer",
          "min.insync.replicas": "2",
          "message.timestamp.type": "LogAppendTime",
          "cleanup.policy": "delete",
          "retention.ms": "86400000",
        },
        forever: { "message.timestamp.type": "LogAppendTime", "retention.ms": "-1" },
        compacted: {
          "message.timestamp.type": "LogAppendTime",
          "cleanup.policy": "compact",
          "min.compaction.lag.ms": "60000",
          "segment.ms": "3600000",
        },
      });
    });
    await log.close();
  });
});

describe("a topic of three replicas", () => {
  it("counts as kept by three only where two of them have to have what is acknowledged", async () => {
    const log = await open();
    const safe = spec("safe", 1);
    await log.ensureTopics([safe]);
    expect(await log.positions("safe")).toMatchObject([{ replicas: 3 }]);
    await log.close();
    await admin((client) =>
      client.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: 2,
            name: "safe",
            configEntries: [
              { name: "min.insync.replicas", value: "1" },
              { name: "message.timestamp.type", value: "LogAppendTime" },
              { name: "retention.ms", value: "-1" },
            ],
          },
        ],
      }),
    );
    await eventually(async () => {
      const again = await open();
      await again.ensureTopics([safe]);
      const [warnings, positions] = [again.warnings?.(), await again.positions("safe")];
      await again.close();
      expect(warnings).toEqual([expect.stringContaining("min.insync.replicas is 1 and has to be 2 or more")]);
      expect(positions).toMatchObject([{ replicas: 1 }]);
    });
  });
});

describe("a reader whose position retention has passed", () => {
  it("goes on with the earliest record, and it is said how many were missed", async () => {
    const said: object[] = [];
    const log = await open({ ...silentLogger, warn: (facts: object | string) => void said.push(facts as object) });
    const topic = "trimmed";
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(10, 0));
    await admin(async (client) => {
      // kafkajs looks no leader up by itself here.
      await client.fetchTopicOffsets(topic);
      await client.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "6" }] });
    });
    expect(await log.positions(topic)).toMatchObject([{ partition: 0, start: 6, end: 10, replicas: 3 }]);
    expect(await valuesOf(log, topic, 0)).toEqual(["6", "7", "8", "9"]);
    const seen = new Collected();
    const followed = await log.follow({
      topics: [topic],
      from: [{ topic, partition: 0, offset: 2 }],
      onBatch: (batch) => seen.add(batch),
    });
    await until(() => seen.records.length === 4);
    expect(seen.values).toEqual(["6", "7", "8", "9"]);
    expect(said).toContainEqual({ topic, partition: 0, wanted: 2, start: 6, missed: 4 });
    await followed.close();

    const consumption = await log.consume({
      group: "beyond",
      topics: [topic],
      onAssigned: async () => [{ topic, partition: 0, offset: 11 }],
      onBatch: async () => {},
    });
    await expect(consumption.done).rejects.toBeInstanceOf(ForeignPositionError);
    await log.close();
  });
});

describe("a leader that is lost", () => {
  it("is replaced: appends, followers and groups go on with the next, and nothing acked is lost", async () => {
    const log = await open();
    const topic = "led";
    await log.ensureTopics([spec(topic, 3)]);
    const [followed, consumed] = [new Collected(), new Collected()];
    const following = await log.follow({ topics: [topic], onBatch: (batch) => followed.add(batch) });
    const consumption = await log.consume({
      group: "led",
      topics: [topic],
      async onBatch(batch) {
        consumed.add(batch);
        await batch.commit().catch((error: unknown) => expect(error).toBeInstanceOf(HeadwaterError));
      },
    });
    const acked: string[] = [];
    const appendTo = async (partition: number, value: string): Promise<void> => {
      try {
        await log.append(topic, [record(value, partition)]);
        acked.push(value);
      } catch (error) {
        expect((error as HeadwaterError).advice).toBe("retry");
      }
    };
    for (let partition = 0; partition < 3; partition++) await appendTo(partition, `before-${partition}`);
    // One of three: every partition has two replicas left, one partition has lost its leader.
    process.kill(kafka.pids[0]!, "SIGKILL");
    for (let i = 0; [0, 1, 2].some((partition) => !acked.includes(`after-${partition}`)); i++) {
      for (let partition = 0; partition < 3; partition++) {
        if (!acked.includes(`after-${partition}`)) await appendTo(partition, `after-${partition}`);
      }
      await pause(100);
    }
    await until(() => acked.every((value) => followed.values.includes(value) && consumed.values.includes(value)));
    for (let partition = 0; partition < 3; partition++) {
      const values = await valuesOf(log, topic, partition);
      for (const value of acked.filter((each) => each.endsWith(`-${partition}`))) expect(values).toContain(value);
    }
    await following.close();
    await consumption.close();
    await log.close();
  });
});
