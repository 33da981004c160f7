import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@headwater/core";
import kafkajs, { Kafka as Client, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { startKafka, type Kafka } from "../../../scripts/servers/kafka.ts";
import { LogRejectedCredentialsError } from "../src/errors.ts";
import type { GroupBatch } from "../src/event-log.ts";
import { Collected, numbered, pause, spec, until } from "../src/contract/harness.ts";
import { openKafkaLog } from "../src/kafka/open-kafka-log.ts";

// A broker that checks rights: everybody has all of them, but for what is denied.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

let kafka: Kafka;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headwater-kafka-rights-"));
  kafka = await startKafka({
    dataDir: folder,
    heapMb: 384,
    properties: {
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "allow.everyone.if.no.acl.found": "true",
    },
  });
});

afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Denies reading (or another operation on) the topic, or the group, while `work` runs. */
async function withoutReading(
  resourceName: string,
  work: () => Promise<void>,
  resourceType = AclResourceTypes.TOPIC,
  operation = AclOperationTypes.READ,
): Promise<void> {
  const admin = new Client({ brokers: kafka.brokers.split(","), logLevel: logLevel.NOTHING }).admin();
  const acl = {
    resourceType,
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: "User:ANONYMOUS",
    host: "*",
  };
  const [denied, allowed] = [
    { ...acl, operation, permissionType: AclPermissionTypes.DENY },
    { ...acl, operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.ALLOW },
  ];
  await admin.connect();
  await admin.createAcls({ acl: [allowed, denied] });
  // The broker's authorizer hears of them a moment after they were taken.
  await eventually(async () => expect((await admin.describeAcls(denied)).resources).toHaveLength(1));
  try {
    await work();
  } finally {
    await admin.deleteAcls({ filters: [denied] });
    await admin.disconnect();
  }
}

const open = (warned: string[] = []) =>
  openKafkaLog({
    brokers: kafka.brokers.split(","),
    clientId: "rights",
    heartbeatMs: 200,
    // Longer than a right is taken away on a machine that is slow: its heartbeats are refused meanwhile.
    sessionTimeoutMs: 60_000,
    logger: { ...silentLogger, warn: (facts) => void warned.push(JSON.stringify(facts)) },
  });

describe("the right to read a topic", () => {
  it("that is taken away for a while ends no reader: it waits, says so, and goes on", async () => {
    const warned: string[] = [];
    const log = await open(warned);
    const [topic, group] = ["taken", "taken"];
    await log.ensureTopics([spec(topic, 1)]);
    const [followed, consumed] = [new Collected(), new Collected()];
    const following = await log.follow({ topics: [topic], onBatch: (batch) => followed.add(batch) });
    const consumption = await log.consume({
      group,
      topics: [topic],
      async onBatch(batch) {
        consumed.add(batch);
        await batch.commit();
      },
    });
    await log.append(topic, numbered(3, 0));
    await until(() => followed.values.length === 3 && consumed.values.length === 3);
    await withoutReading(topic, async () => {
      await log.append(topic, numbered(3, 0, 3));
      await until(() => warned.some((each) => /authori[sz]/i.test(each)));
      // Longer than a few refusals in a row take.
      await pause(2000);
    });
    await until(() => followed.values.length === 6 && consumed.values.length >= 6);
    // Both are still there for what comes after, and what was consumed is committed.
    await log.append(topic, numbered(3, 0, 6));
    await until(() => followed.values.length === 9 && consumed.values.length >= 9);
    await eventually(async () => expect(await log.committed(group, [topic])).toMatchObject([{ offset: 9 }]));
    await Promise.all([following.close(), consumption.close()]);
    await log.close();
  });

  it("as a group that is taken away for a while ends no member: its commits wait", async () => {
    const log = await open();
    const [topic, group] = ["committed", "denied"];
    await log.ensureTopics([spec(topic, 1)]);
    const consumed = new Collected();
    const commits: unknown[] = [];
    const consumption = await log.consume({
      group,
      topics: [topic],
      async onBatch(batch) {
        consumed.add(batch);
        commits.push(await batch.commit().catch((error: unknown) => error));
      },
    });
    await withoutReading(
      group,
      async () => {
        await log.append(topic, numbered(3, 0));
        await until(() => consumed.values.length === 3);
        await pause(2000);
      },
      AclResourceTypes.GROUP,
    );
    await until(() => commits.length > 0);
    expect(commits).toEqual([true]);
    await log.append(topic, numbered(3, 0, 3));
    await until(() => consumed.values.length === 6 && commits.length === 2);
    await consumption.close();
    await log.close();
  });

  it("that was never there is told at once", async () => {
    const log = await open();
    const topic = "never";
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(3, 0));
    await withoutReading(topic, async () => {
      const following = await log.follow({ topics: [topic], onBatch: () => {} });
      await expect(following.done).rejects.toBeInstanceOf(LogRejectedCredentialsError);
    });
    await log.close();
  });

  it("under its former name, of which a member has none, keeps it from nothing: it begins anew and says so", async () => {
    const warned: string[] = [];
    const log = await open(warned);
    const [topic, former, group] = ["renamed", "renamed-before", "renamed-now"];
    await log.ensureTopics([spec(topic, 1)]);
    await log.append(topic, numbered(3, 0));
    const consumed = new Collected();
    await withoutReading(
      former,
      async () => {
        const onBatch = async (batch: GroupBatch) => consumed.add(batch);
        const consumption = await log.consume({ group, formerGroup: former, topics: [topic], onBatch });
        await until(() => consumed.values.length === 3);
        await consumption.close();
      },
      AclResourceTypes.GROUP,
      AclOperationTypes.DESCRIBE,
    );
    expect(warned).toEqual([JSON.stringify({ group: former })]);
    await log.close();
  });
});
