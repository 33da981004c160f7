import { topicSpecs } from "@headwater/event-log";
import { describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

describe("headwater topics", () => {
  it("lists every topic with what it needs, as it is configured", async () => {
    const { code, out } = await runCli(["topics"], { HEADWATER_TOPIC_PREFIX: "acme.", HEADWATER_PARTITIONS: "6" });
    expect(code).toBe(0);
    for (const { name } of topicSpecs(6, "acme.")) expect(out).toContain(`${name}: `);
    expect(out).toContain("acme.devices.v1: 6 partitions, 3 replicas\n  message.timestamp.type=LogAppendTime\n");
    expect(out).toContain("acme.rules.v1: 1 partition,");
  });

  it("gives commands for Kafka's own tools", async () => {
    const env = { HEADWATER_KAFKA_BROKERS: "kafka:9092", HEADWATER_KAFKA_REPLICATION: "1" };
    const { code, out } = await runCli(["topics", "--commands"], env);
    expect(code).toBe(0);
    const lines = out.trim().split("\n");
    const count = topicSpecs(12).length;
    expect(lines.filter((line) => line.startsWith("kafka-topics.sh --bootstrap-server kafka:9092 "))).toHaveLength(
      count,
    );
    expect(lines.filter((line) => line.startsWith("kafka-configs.sh --bootstrap-server kafka:9092 "))).toHaveLength(
      count,
    );
    expect(out).toContain("--topic rules.v1 --partitions 1 --replication-factor 1 ");
    expect(out).toContain("min.insync.replicas=1");
    expect(out).not.toContain("min.insync.replicas=2");
  });
});
