import { describe, expect, it } from "vitest";
import { topicSpecs } from "../topics.ts";
import { alterCommand, createCommand, mismatches, settingsOf } from "./topic-settings.ts";

/** What a topic gets that an operator makes without a word. */
const brokerDefaults = {
  "cleanup.policy": "delete",
  "retention.ms": "604800000",
  "retention.bytes": "-1",
  "message.timestamp.type": "CreateTime",
  "compression.type": "producer",
  "min.insync.replicas": "1",
  "min.compaction.lag.ms": "0",
};
const day = 24 * 60 * 60 * 1000;
const fatal = (found: ReturnType<typeof mismatches>): string[] =>
  found.filter(({ isFatal }) => isFatal).map(({ setting }) => setting);

describe("the settings of topics", () => {
  it.each(topicSpecs(12))("of $name are as it is made, whatever the number of replicas", (spec) => {
    for (const replicas of [1, 2, 3, 5]) expect(mismatches(spec, settingsOf(spec, replicas), replicas)).toEqual([]);
  });

  it("name the replicas that have to be in sync, whatever the broker's default is", () => {
    const [spec] = topicSpecs(12);
    expect([1, 2, 3, 5].map((replicas) => settingsOf(spec!, replicas)["min.insync.replicas"])).toEqual([
      "1",
      "1",
      "2",
      "2",
    ]);
    expect(settingsOf(spec!, undefined)).not.toHaveProperty(["min.insync.replicas"]);
  });

  it.each(topicSpecs(12))("of $name with the broker's defaults would lose records", (spec) => {
    expect(fatal(mismatches(spec, brokerDefaults, 1))).toContain("message.timestamp.type");
    if (spec.cleanup === "compact") expect(fatal(mismatches(spec, brokerDefaults, 1))).toContain("cleanup.policy");
    else if (spec.retentionMs !== 7 * day) {
      expect(fatal(mismatches(spec, brokerDefaults, 1))).toContain("retention.ms");
    }
  });

  it("let records be as large as they are configured to be", () => {
    const large = topicSpecs(12, "", 3_000_000).filter(({ maxRecordBytes }) => maxRecordBytes !== undefined);
    expect(large.map(({ name }) => name)).toEqual(["telemetry.v1", "commands.v1", "quarantine.v1"]);
    for (const spec of large) {
      const made = settingsOf(spec, 1);
      expect(mismatches(spec, made, 1)).toEqual([]);
      expect(Number(made["max.message.bytes"])).toBeGreaterThan(3_000_000);
      expect(fatal(mismatches(spec, { ...made, "max.message.bytes": "1048588" }, 1))).toEqual(["max.message.bytes"]);
    }
    expect(topicSpecs(12, "", 1_000_000)).toEqual(topicSpecs(12));
  });

  it("may keep records longer; a topic that is kept for ever has no bound, by time or by size", () => {
    const spec = { name: "t", partitions: 1, cleanup: "delete", retentionMs: day } as const;
    const made = settingsOf(spec, 1);
    expect(mismatches(spec, { ...made, "retention.ms": String(2 * day) }, 1)).toEqual([]);
    expect(mismatches(spec, { ...made, "retention.ms": "-1" }, 1)).toEqual([]);
    expect(fatal(mismatches(spec, { ...made, "retention.ms": String(day - 1) }, 1))).toEqual(["retention.ms"]);
    const forEver = { name: "t", partitions: 1, cleanup: "delete" } as const;
    expect(fatal(mismatches(forEver, { ...made, "retention.ms": String(999 * day) }, 1))).toEqual(["retention.ms"]);
    const bySize = { ...settingsOf(forEver, 1), "retention.bytes": "1000000000" };
    expect(fatal(mismatches(forEver, bySize, 1))).toEqual(["retention.bytes"]);
    expect(fatal(mismatches(spec, { ...made, "retention.bytes": "1000000000" }, 1))).toEqual([]);
  });

  it("are neither compacted and deleted at once, nor compacted where all is kept", () => {
    const spec = { name: "t", partitions: 1, cleanup: "compact" } as const;
    const made = settingsOf(spec, 1);
    expect(fatal(mismatches(spec, { ...made, "cleanup.policy": "compact,delete" }, 1))).toEqual(["cleanup.policy"]);
    // Compaction knows no bound by time.
    expect(mismatches(spec, { ...made, "retention.ms": "1000" }, 1)).toEqual([]);
  });

  it("are warned of where they cost safety or work alone", () => {
    const spec = { name: "t", partitions: 1, cleanup: "delete" } as const;
    const made = { ...settingsOf(spec, 3), "unclean.leader.election.enable": "true", "compression.type": "lz4" };
    const found = mismatches(spec, { ...made, "min.insync.replicas": "1" }, 3);
    expect(fatal(found)).toEqual([]);
    expect(found.map(({ setting }) => setting)).toEqual([
      "compression.type",
      "min.insync.replicas",
      "unclean.leader.election.enable",
    ]);
    expect(mismatches(spec, { ...settingsOf(spec, 3), "min.insync.replicas": "4" }, 3)).toHaveLength(1);
  });

  it("stand in commands for Kafka's own tools", () => {
    const spec = { name: "t", partitions: 2, cleanup: "delete", retentionMs: day } as const;
    expect(createCommand(spec, 3, "b:9092")).toBe(
      "kafka-topics.sh --bootstrap-server b:9092 --create --if-not-exists --topic t --partitions 2 " +
        "--replication-factor 3 --config message.timestamp.type=LogAppendTime --config cleanup.policy=delete " +
        `--config retention.ms=${day} --config compression.type=producer --config min.insync.replicas=2`,
    );
    expect(alterCommand("t", { "retention.ms": "-1", "cleanup.policy": "delete" }, "b:9092")).toBe(
      "kafka-configs.sh --bootstrap-server b:9092 --alter --entity-type topics --entity-name t " +
        "--add-config retention.ms=-1,cleanup.policy=delete",
    );
  });
});
