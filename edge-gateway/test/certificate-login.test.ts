import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestAuthority, writeServerFiles, type Issued } from "./certificates.ts";
import { certificateCredential, DeviceLog } from "./device-log.ts";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";

describe("login with a client certificate", () => {
  let folder: string;
  let authority: TestAuthority;
  let gateway: GatewayUnderTest;
  let devices: DeviceLog;
  const clients: MqttClient[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "certificate-login-"));
    authority = await TestAuthority.create();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(env: Record<string, string> = {}): Promise<void> {
    const files = await writeServerFiles(folder, authority);
    const ca = {
      HEADWATER_MQTT_TLS_CA_FILE: join(folder, "ca.pem"),
      HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "request",
    };
    gateway = await GatewayUnderTest.start({ ...files, ...ca, ...env });
    devices = new DeviceLog(gateway.log, topics);
  }

  async function login({ cert, key }: Partial<Issued>, options: IClientOptions = {}): Promise<MqttClient> {
    const { port } = gateway.app.mqttAddresses.find(({ transport }) => transport === "tls")!;
    const client = await mqtt.connectAsync(`mqtts://localhost:${port}`, {
      ca: authority.cert,
      cert,
      key,
      reconnectPeriod: 0,
      ...options,
    });
    client.on("error", () => {});
    clients.push(client);
    return client;
  }
  const refusal = (shown: Partial<Issued>, options?: IClientOptions) =>
    login(shown, options).then(
      () => 0,
      (error: { code?: number }) => error.code,
    );

  it("by subject or fingerprint, without a user name or with its own", async () => {
    await start();
    // The library writes names as they are in the certificate, the last part of RFC 4514 first.
    const bySubject = await authority.issue({ subject: "O=Acme,CN=pump-1" });
    const byFingerprint = await authority.issue({ subject: "CN=whatever" });
    const { fingerprint256 } = new X509Certificate(byFingerprint.cert);
    await devices.register("pump", { credentials: [certificateCredential("CN=pump-1,O=Acme")] });
    await devices.register("valve", {
      credentials: [certificateCredential(`sha256:${fingerprint256.replaceAll(":", "").toLowerCase()}`)],
    });
    const pump = await login(bySubject);
    await pump.publishAsync("devices/pump/telemetry", '{"a":1}', { qos: 1 });
    expect(await refusal(bySubject, { username: "pump" })).toBe(0);
    const valve = await login(byFingerprint);
    await valve.publishAsync("devices/valve/telemetry", '{"a":1}', { qos: 1 });
    expect((await gateway.events()).map(({ device }) => device).toSorted()).toEqual(["pump", "valve"]);
    expect(await refusal(bySubject, { username: "valve" })).toBe(4);
    expect(await refusal(await authority.issue({ subject: "O=Acme,CN=pump-2" }))).toBe(4);
    expect(await refusal(await authority.issue({ subject: "CN=pump" }))).toBe(4);
    expect(await refusal({})).toBe(5);
  });

  it("one certificate of several devices needs the name of one", async () => {
    await start();
    const shared = await authority.issue({ subject: "CN=line" });
    for (const id of ["a", "b"]) await devices.register(id, { credentials: [certificateCredential("CN=line")] });
    // Once it has heard of both: as long as it knows one of them, the certificate is that one's alone.
    for (const username of ["a", "b"]) expect(await refusal(shared, { username })).toBe(0);
    expect(await refusal(shared)).toBe(4);
  });

  it("a credential that is removed, and a certificate that expires, end the connection", async () => {
    await start();
    const lasting = await authority.issue({ subject: "CN=pump" });
    await devices.register("pump", { credentials: [certificateCredential("CN=pump", "c1")] });
    const pump = await login(lasting);
    const closed = new Promise<void>((resolve) => pump.once("close", () => resolve()));
    await devices.remove("pump", "c1");
    await closed;
    await devices.register("fan", { credentials: [certificateCredential("CN=fan")] });
    const fan = await login(await authority.issue({ subject: "CN=fan", lifetimeMs: 10_000 }));
    await new Promise<void>((resolve) => fan.once("close", () => resolve()));
  });

  it("its common name is the device's id only if that is set, and only of a device that is registered", async () => {
    await start({ HEADWATER_MQTT_CERTIFICATE_NAMES: "true" });
    await devices.register("pump");
    const pump = await authority.issue({ subject: "CN=pump,O=Acme" });
    expect(await refusal(pump)).toBe(0);
    expect(await refusal(pump, { username: "other" })).toBe(4);
    expect(await refusal(await authority.issue({ subject: "CN=nobody" }))).toBe(4);
    const client = await login(pump, { clientId: "stays" });
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
    await devices.delete("pump");
    await closed;
  });
});
