import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request, type AgentOptions } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestAuthority, writeServerFiles, type Issued } from "./certificates.ts";
import { certificateCredential, DeviceLog } from "./device-log.ts";
import { topics } from "./gateway-under-test.ts";
import { HttpGateway } from "./http-gateway.ts";

interface Answer {
  readonly status: number | undefined;
  readonly detail: string;
}

describe("POST /api/v1/telemetry over HTTPS", () => {
  let folder: string;
  let authority: TestAuthority;
  let http: HttpGateway;
  let devices: DeviceLog;
  const agents: Agent[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "https-telemetry-"));
    authority = await TestAuthority.create();
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.destroy();
    await http.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(env: Record<string, string> = {}): Promise<void> {
    const files = await writeServerFiles(folder, authority);
    http = await HttpGateway.start({
      ...files,
      HEADWATER_MQTT_TLS_CA_FILE: join(folder, "ca.pem"),
      HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "request",
      HEADWATER_HTTPS_PORT: "0",
      ...env,
    });
    devices = new DeviceLog(http.gateway.log, topics);
  }

  function agentWith(shown: Partial<Issued>, more: AgentOptions = {}): Agent {
    const { cert, key } = shown;
    const agent = new Agent({ ca: authority.cert, servername: "localhost", cert, key, ...more });
    agents.push(agent);
    return agent;
  }

  async function ask(
    agent: Agent,
    { path = "/api/v1/telemetry", login = "", body = '{"a":1}', method = "POST", host = "" } = {},
  ): Promise<Answer> {
    const authorization = login && `Basic ${Buffer.from(login).toString("base64")}`;
    const sent = request(new URL(path, http.gateway.app.httpsUrl!.replace("127.0.0.1", "localhost")), {
      ...{ agent, method },
      headers: { "content-type": "application/json", ...(login && { authorization }), ...(host && { host }) },
    });
    sent.end(method === "POST" ? body : undefined);
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    const said = await text(answer);
    const isJson = /json/.test(answer.headers["content-type"] ?? "");
    return {
      status: answer.statusCode,
      detail: isJson ? ((JSON.parse(said) as { detail?: string }).detail ?? "") : "",
    };
  }
  const send = (shown: Partial<Issued>, more = {}) => ask(agentWith(shown), more);
  const pump = (more: object = {}) => authority.issue({ subject: "CN=pump-1", ...more });

  it("takes the readings of a device that shows its certificate, by subject or by fingerprint", async () => {
    await start();
    const byFingerprint = await authority.issue({ subject: "CN=whatever" });
    const fingerprint = new X509Certificate(byFingerprint.cert).fingerprint256.replaceAll(":", "").toLowerCase();
    await devices.register("pump", { credentials: [certificateCredential("CN=pump-1")] });
    await devices.register("valve", { credentials: [certificateCredential(`sha256:${fingerprint}`)] });
    const kept = agentWith(await pump(), { keepAlive: true, maxSockets: 1 });
    expect((await ask(kept)).status).toBe(200);
    expect((await ask(kept)).status).toBe(200);
    expect((await send(byFingerprint)).status).toBe(200);
    // A session that is resumed shows no certificate again.
    const resuming = agentWith(await pump());
    expect([(await ask(resuming)).status, (await ask(resuming)).status]).toEqual([200, 200]);
    const taken = (await http.gateway.events()).map(({ device }) => device);
    expect(taken.toSorted()).toEqual(["pump", "pump", "pump", "pump", "valve"]);
  });

  it("answers 401 to what logs nobody in", async () => {
    const former = await pump();
    await start({
      HEADWATER_MQTT_TLS_CRL_FILE: join(folder, "crl.pem"),
      ...(await writeFile(join(folder, "crl.pem"), await authority.revoke(former.serial)), {}),
    });
    await devices.register("pump", { credentials: [certificateCredential("CN=pump-1")] });
    const token = await http.gateway.register("other");
    expect((await send(await pump())).status).toBe(200);
    const foreign = await (await TestAuthority.create("Another")).issue({ subject: "CN=pump-1" });
    const expired = await pump({ notBefore: new Date(Date.now() - 172_800_000), lifetimeMs: -86_400_000 });
    for (const [shown, why] of [
      [former, /certificate does not count: CERT_REVOKED/],
      [foreign, /certificate does not count: UNABLE_TO_VERIFY|certificate does not count: UNABLE_TO_GET_ISSUER/],
      [expired, /certificate does not count: CERT_HAS_EXPIRED/],
      [{}, /client certificate that is its credential/],
      [await authority.issue({ subject: "CN=pump-2" }), /client certificate that is its credential/],
    ] as const) {
      const answer = await send(shown);
      expect(answer.status).toBe(401);
      expect(answer.detail).toMatch(why);
    }
    // No other login makes up for a certificate that does not count.
    expect((await send(former, { login: `other:${token}` })).status).toBe(401);
    expect((await send({}, { login: `other:${token}` })).status).toBe(200);
    expect(await http.gateway.events()).toHaveLength(2);
  });

  it("asks for a certificate of everybody where one is required", async () => {
    await start({ HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "require" });
    const token = await http.gateway.register("other");
    const answer = await send({}, { login: `other:${token}` });
    expect([answer.status, answer.detail]).toEqual([401, expect.stringContaining("none was shown")]);
    await devices.register("pump", { credentials: [certificateCredential("CN=pump-1")] });
    expect((await send(await pump())).status).toBe(200);
  });

  it("ends with its credential, on a connection that is open too", async () => {
    await start();
    await devices.register("pump", { credentials: [certificateCredential("CN=pump-1", "c1")] });
    const kept = agentWith(await pump(), { keepAlive: true, maxSockets: 1 });
    expect((await ask(kept)).status).toBe(200);
    await devices.remove("pump", "c1");
    await eventually(async () => expect((await ask(kept)).status).toBe(401));
  });

  it("takes a new revocation list, past sessions that would be resumed", async () => {
    const crl = join(folder, "crl.pem");
    await writeFile(crl, await authority.revoke());
    await start({ HEADWATER_MQTT_TLS_CRL_FILE: crl, HEADWATER_MQTT_TLS_RELOAD_MS: "50" });
    await devices.register("pump", { credentials: [certificateCredential("CN=pump-1")] });
    const shown = await pump();
    const resuming = agentWith(shown);
    expect((await ask(resuming)).status).toBe(200);
    await writeFile(crl, await authority.revoke(shown.serial));
    await eventually(async () => expect((await ask(resuming)).status).toBe(401));
  });

  it("opens nothing else of the API, whatever its name, and not to who speaks no TLS", async () => {
    await start();
    await devices.register("pump", { credentials: [certificateCredential("CN=pump-1")] });
    const shown = await pump();
    for (const path of ["/", "/api/v1/devices", "/metrics", "/health/ready", "/api/v1/openapi.json"]) {
      expect((await send(shown, { path, method: "GET" })).status).toBe(404);
    }
    expect((await send(shown, { method: "GET" })).status).toBe(405);
    expect((await send(shown, { host: "gateway.example:8443" })).status).toBe(200);
    const plain = connect(Number(new URL(http.gateway.app.httpsUrl!).port), "127.0.0.1");
    plain.on("error", () => {});
    plain.write("POST /api/v1/telemetry HTTP/1.1\r\nhost: x\r\n\r\n");
    await once(plain.resume(), "close");
    expect((await send(shown)).status).toBe(200);
  });

  it("ends with its certificate, on a connection that is open", async () => {
    await start();
    await devices.register("fan", { credentials: [certificateCredential("CN=fan")] });
    const kept = agentWith(await authority.issue({ subject: "CN=fan", lifetimeMs: 4000 }), {
      keepAlive: true,
      maxSockets: 1,
    });
    await ask(kept);
    await eventually(async () => expect((await ask(kept)).status).toBe(401));
  });

  it("asks for a PROXY header where that is set", async () => {
    await start({ HEADWATER_MQTT_PROXY_PROTOCOL: "https" });
    await devices.register("pump", { credentials: [certificateCredential("CN=pump-1")] });
    const agent = agentWith(await pump());
    await expect(ask(agent)).rejects.toThrow();
    const raw = connect(Number(new URL(http.gateway.app.httpsUrl!).port), "127.0.0.1");
    raw.write("PROXY TCP4 203.0.113.7 127.0.0.1 40000 443\r\n");
    const proxied = agentWith(await pump(), { socket: raw });
    expect((await ask(proxied)).status).toBe(200);
  });
});
