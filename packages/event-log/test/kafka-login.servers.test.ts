import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogRejectedCredentialsError, LogUnavailableError } from "../src/errors.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePorts } from "../../../scripts/servers/free-port.ts";
import { runStep } from "../../../scripts/servers/install.ts";
import { kafkaClassPath } from "../../../scripts/servers/kafka-install.ts";
import { kafkaProperties } from "../../../scripts/servers/kafka-properties.ts";
import {
  endProcesses,
  spawnServer,
  waitUntilReady,
  type ServerProcess,
} from "../../../scripts/servers/server-process.ts";
import { record, spec, valuesOf } from "../src/contract/harness.ts";
import { openKafkaLog, type KafkaLogOptions } from "../src/kafka/open-kafka-log.ts";
import type { EventLog } from "../src/event-log.ts";

// A broker that speaks TLS only and lets nobody in without a password.

const [user, password] = ["headwater", randomUUID()];
let folder: string;
let broker: string;
let ca: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headwater-kafka-login-"));
  const dir = join(folder, "node-1");
  mkdirSync(dir);
  const classPath = await kafkaClassPath(() => {});
  const [brokerPort = 0, controllerPort = 0] = await freePorts(2);
  broker = `127.0.0.1:${brokerPort}`;
  const keystore = join(folder, "broker.p12");
  const keytool = (...args: string[]): Promise<void> => runStep({ command: "keytool", args, cwd: folder });
  const store = ["-alias", "broker", "-keystore", keystore, "-storetype", "PKCS12", "-storepass", password];
  const subject = ["-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1", "-ext", "bc:c=ca:true"];
  await keytool("-genkeypair", "-keyalg", "EC", "-validity", "2", ...subject, ...store);
  await keytool("-exportcert", "-rfc", "-file", join(folder, "ca.pem"), ...store);
  ca = readFileSync(join(folder, "ca.pem"), "utf8");

  const node = { id: 1, dir, brokerPort, controllerPort };
  const login = (module: string, more = ""): string =>
    `org.apache.kafka.common.security.${module} required username="${user}" password="${password}"${more};`;
  const secured = {
    "listener.security.protocol.map": "BROKER:SASL_SSL,CONTROLLER:PLAINTEXT",
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "listener.name.broker.plain.sasl.jaas.config": login("plain.PlainLoginModule", ` user_${user}="${password}"`),
    "listener.name.broker.scram-sha-512.sasl.jaas.config": login("scram.ScramLoginModule"),
    "ssl.keystore.location": keystore,
    "ssl.keystore.type": "PKCS12",
    "ssl.keystore.password": password,
    "ssl.truststore.location": join(folder, "ca.pem"),
    "ssl.truststore.type": "PEM",
  };
  const properties = join(dir, "server.properties");
  const lines = Object.entries(secured).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(properties, kafkaProperties(node, [node]) + lines.join(""), { mode: 0o600 });
  const scram = `SCRAM-SHA-512=[name=${user},password=${password}]`;
  const format = ["format", "-t", "headwaterLogInTestsAA", "-c", properties, "--add-scram", scram];
  await runStep({ command: "java", args: ["-cp", classPath, "kafka.tools.StorageTool", ...format], cwd: dir });
  const logFile = join(dir, "server.log");
  server = await spawnServer({
    name: "kafka with a login",
    command: "java",
    args: ["-Xmx320m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", classPath, "kafka.Kafka", properties],
    logFile,
    keepRunning: false,
  });
  await waitUntilReady(
    { name: "kafka with a login", logFile },
    60_000,
    () => server.assertRunning(),
    async () => {
      await (await open({ ssl: { ca }, sasl: { mechanism: "plain", username: user, password } })).close();
      return true;
    },
  );
});

afterAll(async () => {
  await endProcesses([server.pid], folder);
  rmSync(folder, { recursive: true, force: true });
});

const open = (options: Partial<KafkaLogOptions>): Promise<EventLog> =>
  openKafkaLog({ brokers: [broker], clientId: "login", requestTimeoutMs: 3000, ...options });

describe("a Kafka with TLS and passwords", () => {
  it.each(["plain", "scram-sha-512"] as const)("takes events from who logs in by %s", async (mechanism) => {
    const log = await open({ ssl: { ca }, sasl: { mechanism, username: user, password } });
    const topic = `by-${mechanism}`;
    await log.ensureTopics([spec(topic, 2)]);
    await log.append(topic, [record("hello", 1)]);
    expect(await valuesOf(log, topic, 1)).toEqual(["hello"]);
    await log.close();
  });

  it.each(["plain", "scram-sha-512"] as const)(
    "refuses a wrong password by %s at once and for good, without telling it",
    async (mechanism) => {
      const sasl = { mechanism, username: user, password: "wrong-s3cret" };
      const begun = Date.now();
      const error = await open({ ssl: { ca }, sasl }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(LogRejectedCredentialsError);
      expect(String(error)).toMatch(/refuses this client/);
      expect(String(error)).not.toContain("s3cret");
      expect(Date.now() - begun).toBeLessThan(3000);
    },
  );

  it("is not trusted without its authority", async () => {
    const sasl = { mechanism: "plain", username: user, password } as const;
    const error = await open({ ssl: true, sasl }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LogRejectedCredentialsError);
    expect(String(error)).toMatch(/certificate/);
  });

  it("does not answer who speaks no TLS", async () => {
    await expect(open({})).rejects.toBeInstanceOf(LogUnavailableError);
  });
});
