import { registerDevice } from "@headwater/client";
import { randomToken } from "@headwater/core";
import mqtt from "mqtt";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debianProgram } from "../../scripts/servers/debian-packages.ts";
import type { DeviceLogin, Transport, Way } from "./real-client.ts";
import { openScene, type Scene } from "./scene.ts";

const withinMs = 120_000;

/** Mosquitto's client for a request and its response; Debian's is built without WebSocket. */
describe("mosquitto_rr", () => {
  const transports = ["tcp", "tls"] as const;
  let scene: Scene;
  let program: string;
  let count = 0;
  beforeAll(async () => {
    program = await debianProgram("mosquitto_rr", () => {});
    scene = await openScene("none");
  });
  afterAll(() => scene?.close());

  /** What it prints: the correlation data of the response, if there is any, and the response. */
  async function ask(
    { transport, port, caFile }: Way,
    { id, token }: DeviceLogin,
    topics: { readonly request: string; readonly response: string },
    message: string,
    version: "mqttv5" | "mqttv311" = "mqttv5",
  ): Promise<string> {
    const login = ["-h", "127.0.0.1", "-p", String(port), "-u", id, "-P", token, "-V", version, "-W", "60", "-q", "1"];
    const tls = transport === "tls" ? ["--cafile", caFile] : [];
    const correlation = version === "mqttv5" ? ["-D", "publish", "correlation-data", "q-17", "-F", "%D %p"] : [];
    const what = ["-t", topics.request, "-e", topics.response, "-m", message];
    const args = [...login, ...tls, ...correlation, ...what];
    return (await promisify(execFile)(program, args, { timeout: withinMs })).stdout.trim();
  }

  async function device(): Promise<DeviceLogin> {
    count += 1;
    return registerDevice(scene.platform.ingest, { id: `asker-${count}`, type: "probe" });
  }

  async function answerer(transport: Transport, { id, token }: DeviceLogin) {
    const { port, ca } = scene.way(transport);
    const options = { username: id, password: token, ca, reconnectPeriod: 0, protocolVersion: 5 } as const;
    const scheme = { tcp: "mqtt", tls: "mqtts", ws: "ws", wss: "wss" }[transport];
    const path = scheme.startsWith("ws") ? "/mqtt" : "";
    const client = await mqtt.connectAsync(`${scheme}://127.0.0.1:${port}${path}`, options);
    client.on("message", (_topic, payload, { properties }) => {
      const { responseTopic, correlationData } = properties ?? {};
      // One of 3.1.1 cannot say where it listens.
      client.publish(responseTopic ?? `devices/${id}/answers`, `${String(payload)} done`, {
        ...{ qos: 1, ...(correlationData !== undefined && { properties: { correlationData } }) },
      });
    });
    await client.subscribeAsync(`devices/${id}/ask`, { qos: 1 });
    return client;
  }

  it.each([
    ["tcp", "wss"],
    ["tls", "tcp"],
  ] as const)("over %s: is answered by another program of the device, over %s, on its topic", async (from, to) => {
    const login = await device();
    const client = await answerer(to, login);
    const topics = { request: `devices/${login.id}/ask`, response: `devices/${login.id}/answers` };
    expect(await ask(scene.way(from), login, topics, "shut")).toBe("q-17 shut done");
    expect(await ask(scene.way(from), login, topics, "open", "mqttv311")).toBe("open done");
    await client.endAsync();
  });

  it.each(transports)(
    "over %s: a new device registers itself, and its answer is the one to its request",
    async (way) => {
      const { ingest } = scene.platform;
      const asked = { name: `series over ${way}`, devices: `${way}-*`, expiresIn: "1d" };
      const { key } = await ingest.request<{ key: string }>("POST", "/api/v1/provisioning-keys", asked);
      const topics = { request: "provision/request", response: "provision/response" };
      for (const version of ["mqttv5", "mqttv311"] as const) {
        const request = JSON.stringify({ device: `${way}-${version}`, token: randomToken() });
        const answer = await ask(scene.way(way), { id: "provision", token: key }, topics, request, version);
        const said = version === "mqttv5" ? answer.replace(/^q-17 /, "") : answer;
        expect(answer.startsWith("q-17 ")).toBe(version === "mqttv5");
        expect(JSON.parse(said)).toEqual({ device: `${way}-${version}`, status: "registered" });
      }
    },
  );
});
