import { randomBytes } from "node:crypto";
import { openKafkaLog } from "@headwater/event-log/kafka";
import { type EventLog, topicNames, topicSpecs } from "@headwater/event-log";
import { eventually } from "@headwater/testkit/eventually";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brokersFromEnvironment } from "../../edge-gateway/test/kafka-gateway.ts";
import { TestGateway } from "../../ingest-service/test/gateway.ts";
import type { Platform } from "./platform/platform.ts";
import { openOnRealServers } from "./platform/real-servers.ts";

const partitions = 2;
const run = `two-${randomBytes(4).toString("hex")}`;
const [left, right] = [`${run}-left.`, `${run}-right.`];
const names = ["ingest", "rules", "rules-actions"];
const brokers = brokersFromEnvironment().split(",");

describe("two platforms on one Kafka, each with a topic prefix", () => {
  const platforms: Platform[] = [];
  let log: EventLog;
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();

  beforeAll(async () => {
    await admin.connect();
    log = await openKafkaLog({ brokers, clientId: run });
    await log.ensureTopics([...topicSpecs(partitions, left), ...topicSpecs(partitions, right)]);
  });
  afterAll(async () => {
    await Promise.all(platforms.map((each) => each.stop()));
    await log?.close();
    await admin.disconnect();
  });

  /** What a release before this one left behind: events that it has stored, and one that came while it was down. */
  async function projectedBefore(prefix: string): Promise<string> {
    const { telemetry } = topicNames(prefix);
    const gateway = new TestGateway(log, { topic: telemetry, of: partitions });
    const device = `${prefix}device`;
    const time = Date.now() * 1000;
    await gateway.append(gateway.event(device, time, { before: 1 }), gateway.event(device, time + 1, { before: 2 }));
    const consumption = await log.consume({
      ...{ group: "ingest", topics: [telemetry] },
      onBatch: async (batch) => void (await batch.commit()),
    });
    await eventually(async () => {
      const [committed] = (await log.committed("ingest", [telemetry])).filter(({ offset }) => offset >= 2);
      expect(committed).toBeDefined();
    });
    await consumption.close();
    await gateway.append(gateway.event(device, time + 2, { since: 3 }));
    return device;
  }

  it("go on where they were before groups had the prefix, and share no group", async () => {
    const device = await projectedBefore(left);
    for (const prefix of [left, right]) {
      platforms.push(await openOnRealServers({ partitions, settings: { HEADWATER_TOPIC_PREFIX: prefix } }));
    }
    const metrics = async () => {
      const { values } = await platforms[0]!.ingest.request<{ readonly values: object }>(
        "GET",
        `/api/v1/devices/${device}/latest`,
      );
      return Object.keys(values);
    };
    // What was committed is not projected again; its store is another here, so it would show.
    await eventually(async () => expect(await metrics()).toEqual(["since"]));

    const { groups } = await admin.listGroups();
    const described = await admin.describeGroups(groups.map(({ groupId }) => groupId));
    const held = described.groups.filter(({ members }) => members.length > 0).map(({ groupId }) => groupId);
    for (const prefix of [left, right]) {
      expect(held.filter((group) => group.startsWith(prefix)).toSorted()).toEqual(names.map((name) => prefix + name));
    }
    expect(held).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(ingest|rules)/)]));
  });
});
