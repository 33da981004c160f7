import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogRejectedCredentialsError, LogUnavailableError } from "../src/errors.ts";
import { HeadwaterError } from "@headwater/core";
import { loadConfig } from "@headwater/service";
import { TcpRelay } from "@headwater/testkit/tcp-relay";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
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
import { eventLogSettings, openEventLog } from "../src/config.ts";
import { pause, record, spec, valuesOf } from "../src/contract/harness.ts";
import { openKafkaLog, type KafkaLogOptions } from "../src/kafka/open-kafka-log.ts";
import type { EventLog } from "../src/event-log.ts";

// A broker that speaks TLS only and lets nobody in without a password.

/** A broker that has just started, on a busy machine, computes a while before it lets somebody in. */
const requestTimeoutMs = 20_000;
const [user, password] = ["headwater", randomUUID()];
let folder: string;
let broker: string;
let certificateBroker: string;
let clientCertificate: { certFile: string; keyFile: string };
let ca: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "headwater-kafka-login-"));
  const dir = join(folder, "node-1");
  mkdirSync(dir);
  const classPath = await kafkaClassPath(() => {});
  const [brokerPort = 0, controllerPort = 0, certificatePort = 0] = await freePorts(3);
  certificateBroker = `127.0.0.1:${certificatePort}`;
  const [certFile, keyFile] = [join(folder, "client.pem"), join(folder, "client.key")];
  const subjectOfClient = ["-subj", "/CN=headwater", "-days", "2", "-out", certFile, "-keyout", keyFile];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await runStep({ command: "openssl", args: [...request, ...subjectOfClient], cwd: folder });
  clientCertificate = { certFile, keyFile };
  broker = `127.0.0.1:${brokerPort}`;
  const keystore = join(folder, "broker.p12");
  const keytool = (...args: string[]): Promise<void> => runStep({ command: "keytool", args, cwd: folder });
  const store = ["-alias", "broker", "-keystore", keystore, "-storetype", "PKCS12", "-storepass", password];
  const subject = ["-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1", "-ext", "bc:c=ca:true"];
  await keytool("-genkeypair", "-keyalg", "EC", "-validity", "2", ...subject, ...store);
  await keytool("-exportcert", "-rfc", "-file", join(folder, "ca.pem"), ...store);
  ca = readFileSync(join(folder, "ca.pem"), "utf8");
  writeFileSync(join(folder, "trusted.pem"), ca + readFileSync(certFile, "utf8"));

  const node = { id: 1, dir, brokerPort, controllerPort };
  const login = (module: string, more = ""): string =>
    `org.apache.kafka.common.security.${module} required username="${user}" password="${password}"${more};`;
  const secured = {
    listeners: `BROKER://${broker},CONTROLLER://127.0.0.1:${controllerPort},CERTIFICATE://${certificateBroker}`,
    "advertised.listeners": `BROKER://${broker},CERTIFICATE://${certificateBroker}`,
    "listener.security.protocol.map": "BROKER:SASL_SSL,CONTROLLER:PLAINTEXT,CERTIFICATE:SSL",
    "listener.name.certificate.ssl.client.auth": "required",
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512,OAUTHBEARER",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "listener.name.broker.plain.sasl.jaas.config": login("plain.PlainLoginModule", ` user_${user}="${password}"`),
    "listener.name.broker.scram-sha-512.sasl.jaas.config": login("scram.ScramLoginModule"),
    // Takes tokens that nobody signed, as a broker in a test may.
    "listener.name.broker.oauthbearer.sasl.jaas.config":
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required " +
      'unsecuredLoginStringClaim_sub="broker";',
    "ssl.keystore.location": keystore,
    "ssl.keystore.type": "PKCS12",
    "ssl.keystore.password": password,
    "ssl.truststore.location": join(folder, "trusted.pem"),
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
  openKafkaLog({ brokers: [broker], clientId: "login", requestTimeoutMs, ...options });

/** The log as the environment configures it. */
const configured = (env: Record<string, string>): Promise<EventLog> => {
  const common = {
    ...{
      HEADWATER_EVENT_LOG: "kafka",
      HEADWATER_KAFKA_BROKERS: broker,
      HEADWATER_KAFKA_REQUEST_TIMEOUT_MS: String(requestTimeoutMs),
    },
    ...{ HEADWATER_KAFKA_SSL: "true", HEADWATER_KAFKA_SSL_CA_FILE: join(folder, "ca.pem") },
  };
  const config = loadConfig(eventLogSettings, { env: { ...common, ...env } });
  return openEventLog(config, { dataDir: folder, clientId: "login" });
};

describe("a Kafka that takes tokens", () => {
  /** A token endpoint of one client; the tokens are unsigned. */
  async function tokenEndpoint(lifeSeconds: number): Promise<{ url: string; asked: () => number; close: () => void }> {
    let asked = 0;
    const endpoint = createServer((request, response) => {
      const known = request.headers.authorization === `Basic ${Buffer.from("headwater:s3cret").toString("base64")}`;
      request.resume();
      response.writeHead(known ? 200 : 401, { "content-type": "application/json" });
      if (!known) return void response.end(JSON.stringify({ error: "invalid_client" }));
      asked += 1;
      const now = Math.floor(Date.now() / 1000);
      const claims = { sub: "headwater", iat: now, exp: now + lifeSeconds };
      const encoded = [{ alg: "none" }, claims].map((each) => Buffer.from(JSON.stringify(each)).toString("base64url"));
      response.end(JSON.stringify({ access_token: `${encoded.join(".")}.`, expires_in: lifeSeconds }));
    });
    await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
    const { port } = endpoint.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/token`, asked: () => asked, close: () => void endpoint.close() };
  }
  const oauth = (url: string, secret: string): Record<string, string> => ({
    ...{ HEADWATER_KAFKA_SASL_MECHANISM: "oauthbearer", HEADWATER_KAFKA_OAUTH_TOKEN_ENDPOINT: url },
    ...{ HEADWATER_KAFKA_OAUTH_CLIENT_ID: "headwater", HEADWATER_KAFKA_OAUTH_CLIENT_SECRET: secret },
  });

  it("takes events from who shows one, and from who has to show a new one meanwhile", async () => {
    const endpoint = await tokenEndpoint(13);
    const log = await configured(oauth(endpoint.url, "s3cret"));
    await log.ensureTopics([spec("by-token", 1)]);
    await log.append("by-token", [record("hello", 0)]);
    const before = endpoint.asked();
    // Ten seconds before its end kafkajs shows a new one.
    await pause(4000);
    await log.append("by-token", [record("still", 0)]);
    expect(endpoint.asked()).toBeGreaterThan(before);
    expect(await valuesOf(log, "by-token", 0)).toEqual(["hello", "still"]);
    await log.close();
    endpoint.close();
  });

  it("is closed to a client whom the token endpoint refuses; an endpoint that is away is waited for", async () => {
    const endpoint = await tokenEndpoint(60);
    const error = await configured(oauth(endpoint.url, "wr0ng")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LogRejectedCredentialsError);
    expect(String(error)).toMatch(/token endpoint .* refuses this client: invalid_client/);
    expect(String(error)).not.toContain("wr0ng");
    endpoint.close();
    await expect(configured(oauth(endpoint.url, "s3cret"))).rejects.toBeInstanceOf(LogUnavailableError);
  });
});

describe("a Kafka that wants certificates", () => {
  it("takes events from who has one, and from nobody else", async () => {
    const reached = { HEADWATER_KAFKA_BROKERS: certificateBroker };
    const files = {
      HEADWATER_KAFKA_SSL_CERT_FILE: clientCertificate.certFile,
      HEADWATER_KAFKA_SSL_KEY_FILE: clientCertificate.keyFile,
    };
    const log = await configured({ ...reached, ...files });
    await log.ensureTopics([spec("by-certificate", 1)]);
    await log.append("by-certificate", [record("hello", 0)]);
    expect(await valuesOf(log, "by-certificate", 0)).toEqual(["hello"]);
    await log.close();
    await expect(configured(reached)).rejects.toBeInstanceOf(HeadwaterError);
  });
});

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
      const line = await TcpRelay.start(Number(broker.split(":")[1]));
      onTestFinished(() => line.stop());
      const brokers = [`127.0.0.1:${line.port}`];
      const error = await open({ brokers, ssl: { ca }, sasl }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(LogRejectedCredentialsError);
      expect(String(error)).toMatch(/refuses this client/);
      expect(String(error)).not.toContain("s3cret");
      // It was tried once.
      expect(line.connections).toBe(1);
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
