import { registerDevice } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { describe, expect, it } from "vitest";
import type { DeviceLogin, Transport, Way } from "./real-client.ts";
import type { Scene } from "./scene.ts";

/** A command as a client of MQTT 5 heard it. */
export interface HeardCommand {
  readonly payload: string;
  readonly contentType: string;
  readonly responseTopic: string;
  readonly correlationData: string;
}

/** What MQTT 5 adds for a device, done with a library of its own. */
export interface Version5Client {
  readonly name: string;
  readonly transports: readonly Transport[];
  /**
   * Publishes `{"q0":n}`, `{"q1":n}` and `{"q2":n}` each with that QoS and a user property; waits for a command and
   * answers it on its response topic, with its correlation data, `succeeded` with its name as the result.
   */
  work(way: Way, login: DeviceLogin, n: number): Promise<HeardCommand>;
  /** The reason codes of a login with a wrong token, a QoS 1 message elsewhere and a subscription elsewhere. */
  refusals(way: Way, login: DeviceLogin): Promise<{ login: number; message: number; subscription: number }>;
  /**
   * Subscribes to `notesOf` in a session that lives on for ten minutes and goes. While it is away, `stale` is published
   * there, which counts for a second, and `kept`. It comes back two seconds later: resolves with what it hears then.
   */
  comesBack(way: Way, login: DeviceLogin): Promise<readonly string[]>;
}

export const notesOf = (id: string): string => `devices/${id}/notes`;
export const elsewhere = "devices/somebody-else/telemetry";
export const awayMs = 2000;
const settleMs = 90_000;

interface Latest {
  readonly values: Readonly<Record<string, { readonly value: number } | undefined>>;
}

/** What every library of MQTT 5 has to be able to do with the gateway of a scene without client certificates. */
export function version5Suite(sceneOf: () => Scene, client: Version5Client): void {
  describe(`${client.name}, MQTT 5`, () => {
    let devices = 0;

    async function register(): Promise<DeviceLogin> {
      devices += 1;
      return registerDevice(sceneOf().platform.ingest, { id: `five-${devices}`, type: "probe" });
    }

    it.each(client.transports)("over %s: telemetry of every QoS, a command and its reply", async (transport) => {
      const login = await register();
      const { ingest } = sceneOf().platform;
      const n = 100 + devices;
      const path = `/api/v1/devices/${login.id}/commands`;
      const asked = { name: "shut_valve", params: { valve: n }, ttl: "2m" };
      const { commandId } = await ingest.request<{ commandId: string }>("POST", path, asked);
      const heard = await client.work(sceneOf().way(transport), login, n);
      expect(JSON.parse(heard.payload)).toMatchObject({ commandId, name: asked.name, params: asked.params });
      expect(heard).toMatchObject({
        contentType: "application/json",
        responseTopic: `devices/${login.id}/commands/${commandId}/reply`,
        correlationData: commandId,
      });
      await eventually(async () => {
        const found = await ingest.request<{ status: string; result?: unknown }>("GET", `${path}/${commandId}`);
        expect(found).toMatchObject({ status: "succeeded", result: asked.name });
        const { values } = await ingest.request<Latest>("GET", `/api/v1/devices/${login.id}/latest`);
        expect([values["q0"]?.value, values["q1"]?.value, values["q2"]?.value]).toEqual([n, n, n]);
      }, settleMs);
    });

    it.each(client.transports)("over %s: each refusal has its reason code", async (transport) => {
      const found = await client.refusals(sceneOf().way(transport), await register());
      expect(found).toEqual({ login: 0x86, message: 0x87, subscription: 0x87 });
    });

    it(`over ${client.transports.join(", ")}: a session waits for its client, a stale message does not`, async () => {
      const all = client.transports.map(async (transport) => {
        expect(await client.comesBack(sceneOf().way(transport), await register())).toEqual(["kept"]);
      });
      await Promise.all(all);
    });
  });
}
