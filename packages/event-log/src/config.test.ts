import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@headwater/core";
import { loadConfig } from "@headwater/service";
import { afterEach, describe, expect, it } from "vitest";
import { configuredPartitions, eventLogSettings, openEventLog } from "./config.ts";

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "headwater-config-"));
  folders.push(made);
  return made;
};

afterEach(() => {
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
});

const load = (env: Record<string, string>): ReturnType<typeof loadConfig<typeof eventLogSettings>> =>
  loadConfig(eventLogSettings, { env });
const open = (env: Record<string, string>): Promise<unknown> =>
  openEventLog(load(env), { dataDir: folder(), clientId: "test" });

describe("the settings of the event log", () => {
  it("are complete without any", async () => {
    const config = load({});
    expect(configuredPartitions(config)).toBe(4);
    const log = await openEventLog(config, { dataDir: folder(), clientId: "test" });
    await log.ensureTopics([{ name: "t", partitions: 1, cleanup: "delete" }]);
    expect(await log.positions("t")).toEqual([{ partition: 0, start: 0, end: 0 }]);
    await log.close();
  });

  it("have twelve partitions in Kafka, unless told otherwise", () => {
    const kafka = { HEADWATER_EVENT_LOG: "kafka", HEADWATER_KAFKA_BROKERS: "a:9092, b:9092" };
    expect(configuredPartitions(load(kafka))).toBe(12);
    expect(configuredPartitions(load({ ...kafka, HEADWATER_PARTITIONS: "8" }))).toBe(8);
    expect(load(kafka).eventLog.kafka.brokers).toEqual(["a:9092", "b:9092"]);
  });

  it.each([
    [{ HEADWATER_EVENT_LOG: "kafka" }, /HEADWATER_KAFKA_BROKERS/],
    [{ HEADWATER_KAFKA_SASL_MECHANISM: "plain" }, /HEADWATER_KAFKA_SASL_USERNAME/],
    [{ HEADWATER_KAFKA_SASL_PASSWORD: "s3cret" }, /HEADWATER_KAFKA_SASL_MECHANISM/],
    [{ HEADWATER_KAFKA_SSL_CA_FILE: "/ca.pem" }, /HEADWATER_KAFKA_SSL is not true/],
    [{ HEADWATER_KAFKA_SASL_MECHANISM: "oauthbearer" }, /HEADWATER_KAFKA_OAUTH_TOKEN_ENDPOINT/],
    [{ HEADWATER_KAFKA_OAUTH_CLIENT_SECRET: "s3cret" }, /HEADWATER_KAFKA_SASL_MECHANISM/],
    [{ HEADWATER_KAFKA_SSL: "true", HEADWATER_KAFKA_SSL_CERT_FILE: "/c.pem" }, /HEADWATER_KAFKA_SSL_KEY_FILE/],
    [{ HEADWATER_KAFKA_SSL_KEY_FILE: "/k.pem" }, /HEADWATER_KAFKA_SSL is not true/],
    [{ HEADWATER_KAFKA_SSL: "true", HEADWATER_KAFKA_SSL_CA_FILE: "/nowhere/ca.pem" }, /cannot be read/],
  ])("name what is missing: %j", async (env, message) => {
    const kafka = { HEADWATER_EVENT_LOG: "kafka", HEADWATER_KAFKA_BROKERS: "127.0.0.1:1", ...env };
    if (message.source.includes("BROKERS")) Reflect.deleteProperty(kafka, "HEADWATER_KAFKA_BROKERS");
    const failed = await open(kafka).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(ConfigError);
    expect(String(failed)).toMatch(message);
    expect(String(failed)).not.toContain("s3cret");
  });

  it("say at once that a broker is no address", () => {
    expect(() => load({ HEADWATER_EVENT_LOG: "kafka", HEADWATER_KAFKA_BROKERS: "localhost" })).toThrow(/BROKERS/);
  });

  it("take the password from a file", () => {
    const file = join(folder(), "password");
    writeFileSync(file, "s3cret\n");
    expect(load({ HEADWATER_KAFKA_SASL_PASSWORD_FILE: file }).eventLog.kafka.saslPassword).toBe("s3cret");
  });
});
