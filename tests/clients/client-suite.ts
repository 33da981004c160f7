import { registerDevice } from "@headwater/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import type { DeviceLogin, RealClient, Way } from "./real-client.ts";
import { openScene, type Scene } from "./scene.ts";

const settleMs = 90_000;

interface Latest {
  readonly values: Readonly<Record<string, { readonly value: number } | undefined>>;
}

/**
 * What every MQTT library has to be able to do with the gateway, over everything that both speak. `sceneOf` gives one
 * without client certificates.
 */
export function clientSuite(sceneOf: () => Scene, client: RealClient): void {
  let devices = 0;

  async function register({ platform }: Scene): Promise<DeviceLogin> {
    devices += 1;
    return registerDevice(platform.ingest, { id: `${client.name.replaceAll(/\W/g, "-")}-${devices}`, type: "probe" });
  }

  /** It does its work, and the platform knows of all of it. */
  async function works({ platform: { ingest } }: Scene, way: Way, login: DeviceLogin): Promise<void> {
    const n = 100 + devices;
    const asked = { name: "shut_valve", params: { valve: n }, ttl: "2m" };
    const path = `/api/v1/devices/${login.id}/commands`;
    const { commandId } = await ingest.request<{ commandId: string }>("POST", path, asked);
    const command = JSON.parse(await client.work(way, login, n)) as Record<string, unknown>;
    expect(command).toMatchObject({ commandId, name: asked.name, params: asked.params });
    await eventually(async () => {
      const { status, result } = await ingest.request<{ status: string; result?: unknown }>(
        "GET",
        `${path}/${commandId}`,
      );
      expect({ status, result }).toEqual({ status: "succeeded", result: asked.name });
      const { values } = await ingest.request<Latest>("GET", `/api/v1/devices/${login.id}/latest`);
      expect([values["q0"]?.value, values["q1"]?.value, values["q2"]?.value]).toEqual([n, n, n]);
    }, settleMs);
  }

  describe(`${client.name} with a token`, () => {
    it.each(client.transports)("over %s: telemetry of every QoS, a command and its reply", async (transport) => {
      const scene = sceneOf();
      await works(scene, scene.way(transport), await register(scene));
    });

    it.each(client.transports)("over %s: is refused with a wrong token", async (transport) => {
      const scene = sceneOf();
      const { id, token } = await register(scene);
      expect(await client.isLetIn(scene.way(transport), { id, token: `${token}x` })).toBe(false);
      expect(await client.isLetIn(scene.way(transport), { id, token })).toBe(true);
    });
  });

  const encrypted = client.transports.filter((transport) => transport === "tls" || transport === "wss");
  describe(`${client.name} where certificates are required of clients`, () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await openScene("require");
    });
    afterAll(() => scene?.close());

    it.each(encrypted)("over %s: telemetry of every QoS, a command and its reply", async (transport) => {
      const login = await register(scene);
      await works(scene, scene.way(transport, await scene.trusted(`CN=${login.id}`)), login);
    });

    it.each(encrypted)("over %s: is refused without one, and with one that nobody knows", async (transport) => {
      const login = await register(scene);
      expect(await client.isLetIn(scene.way(transport), login)).toBe(false);
      const unknown = await scene.untrusted(`CN=${login.id}`);
      expect(await client.isLetIn(scene.way(transport, unknown), login)).toBe(false);
      const known = await scene.trusted(`CN=${login.id}`);
      expect(await client.isLetIn(scene.way(transport, known), login)).toBe(true);
    });
  });
}
