import { connectAsync, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerDevice, type Registration } from "@headwater/client";
import { SimulatedDevice } from "@headwater/device-sim";
import type { OpenPlatform, Platform } from "../platform/platform.ts";
import { eventually } from "@headwater/testkit/eventually";

const settleMs = 90_000;

/** What comes in wrong is answered clearly or quarantined, and nobody else notices. */
export function badInputSuite(name: string, open: OpenPlatform): void {
  describe(`bad input on ${name}`, () => {
    let platform: Platform;
    let honest: SimulatedDevice;
    let clumsy: Registration;
    let sent = 0;

    beforeAll(async () => {
      platform = await open();
      const registration = await registerDevice(platform.ingest, { id: "honest-1", type: "probe" });
      honest = await SimulatedDevice.connect({ mqttUrl: platform.mqttUrl(), ...registration });
      clumsy = await registerDevice(platform.ingest, { id: "clumsy-1", type: "probe" });
    });
    afterAll(async () => {
      await honest?.close();
      await platform?.stop();
    });

    /** The honest device goes on as if nothing had happened: acked, stored, the same connection. */
    async function nothingElseDisturbed(): Promise<void> {
      const value = ++sent;
      await honest.publish(JSON.stringify({ count: value }));
      await eventually(async () => {
        const { values } = await platform.ingest.request<{ values: { count?: { value: number } } }>(
          "GET",
          "/api/v1/devices/honest-1/latest",
        );
        expect(values.count?.value).toBe(value);
      }, settleMs);
      expect(honest.reconnects).toBe(0);
    }

    function connect(username: string, password: string, clientId = username): Promise<MqttClient> {
      return connectAsync(platform.mqttUrl(), { clientId, username, password, reconnectPeriod: 0, protocolVersion: 4 });
    }

    async function quarantined(device: string): Promise<readonly { reason: string; payload: string }[]> {
      const path = `/api/v1/quarantine?device=${device}`;
      const { items } = await platform.ingest.request<{ items: { reason: string; payload: string }[] }>("GET", path);
      return items;
    }

    it("malformed JSON is acked and quarantined with its bytes and the reason", async () => {
      const client = await connect(clumsy.id, clumsy.token);
      await client.publishAsync("devices/clumsy-1/telemetry", '{"temperature": 21.5', { qos: 1 });
      await client.endAsync();
      await eventually(async () => {
        const [entry] = await quarantined("clumsy-1");
        expect(entry?.reason).toMatch(/JSON/);
        expect(Buffer.from(entry!.payload, "base64").toString()).toBe('{"temperature": 21.5');
      }, settleMs);
      await nothingElseDisturbed();
    });

    it("what was quarantined is mended, taken again under its time, and the ledger agrees", async () => {
      const [entry] = await platform.ingest
        .request<{ items: { id: string; at: string }[] }>("GET", "/api/v1/quarantine?device=clumsy-1")
        .then(({ items }) => items);
      await platform.ingest.request("POST", `/api/v1/quarantine/${entry!.id}/fix`, {
        json: { temperature: 21.5 },
      });
      const asked = await platform.ingest.request<{ requested: number }>("POST", "/api/v1/quarantine/redrive", {
        device: "clumsy-1",
      });
      expect(asked.requested).toBe(1);
      await eventually(async () => {
        const { values } = await platform.ingest.request<{ values: Record<string, { value: number; time: string }> }>(
          "GET",
          "/api/v1/devices/clumsy-1/latest",
        );
        expect(values["temperature"]).toMatchObject({ value: 21.5, time: entry!.at });
      }, settleMs);
      await eventually(async () => {
        const found = await platform.ingest.request<{ state: string }>("GET", `/api/v1/quarantine/${entry!.id}`);
        expect(found.state).toBe("redriven");
      }, settleMs);
      const ledger = await platform.ingest.request<{ balanced: boolean }>("GET", "/api/v1/ledger?verify=true");
      expect(ledger.balanced).toBe(true);
      await nothingElseDisturbed();
    });

    it("a wrong token is refused at CONNECT", async () => {
      await expect(connect(clumsy.id, "wrong")).rejects.toThrow(/not authorized|bad user ?name or password/i);
      await expect(connect("nobody", clumsy.token)).rejects.toThrow(/not authorized|bad user ?name or password/i);
      await nothingElseDisturbed();
    });

    it("another device's topic takes nothing in", async () => {
      const client = await connect(clumsy.id, clumsy.token);
      client.on("error", () => undefined);
      // MQTT 3.1.1 has no refusal of a PUBLISH: the connection ends, or the message is acked and dropped.
      client.publish("devices/honest-1/telemetry", '{"count": 666}', { qos: 1 });
      await nothingElseDisturbed();
      client.end(true);
      const path = "/api/v1/devices/honest-1/series?metric=count&from=-1h&to=now";
      const { points } = await platform.ingest.request<{ points: [number, number][] }>("GET", path);
      expect(points.map(([, value]) => value)).not.toContain(666);
    });

    it("a rule with an unknown operator is refused, with where and what to do", async () => {
      const rule = {
        id: "odd",
        condition: { metric: "count", op: "=>", threshold: 1 },
        severity: "warning",
        actions: [],
      };
      const response = await post("/api/v1/rules", JSON.stringify(rule));
      expect(response.status).toBe(400);
      expect(response.headers.get("content-type")).toContain("application/problem+json");
      const problem = await response.text();
      expect(problem).toContain("/condition/op");
      expect(problem).toContain(">=");
      await nothingElseDisturbed();
    });

    it("a body of 10 MB is refused as too large", async () => {
      const response = await post("/api/v1/rules", JSON.stringify({ id: "x".repeat(10_000_000) })).catch(
        () => undefined,
      );
      // The server may close the connection before the client has sent it all.
      if (response !== undefined) expect(response.status).toBe(413);
      await nothingElseDisturbed();
    });

    it("an MQTT packet of 10 MB ends its connection only", async () => {
      const client = await connect(clumsy.id, clumsy.token);
      client.on("error", () => undefined);
      const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
      client.publish("devices/clumsy-1/telemetry", Buffer.alloc(10_000_000, 0x20), { qos: 1 });
      await closed;
      await nothingElseDisturbed();
    });

    async function post(path: string, body: string): Promise<Response> {
      return fetch(new URL(path, platform.rulesUrl), {
        method: "POST",
        headers: { authorization: `Bearer ${platform.token}`, "content-type": "application/json" },
        body,
      });
    }
  });
}
