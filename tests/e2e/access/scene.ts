import { type ApiClient, registerDevice } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import type { Platform } from "../platform/platform.ts";

/** Something of every kind that an operation may name. */
export interface Scene {
  readonly api: ApiClient;
  /** Device, group, board, rule, maintenance window: each is called `kept`. */
  readonly devicePassword: string;
  readonly credentialId: string;
  readonly commandId: string;
  readonly alertId: string;
  readonly quarantineId: string;
  readonly backtestId: string;
  readonly rebuildId: string;
  readonly provisioningKeyId: string;
  readonly provisioningKey: string;
  /** As a device does that has no MQTT. */
  send(device: string, password: string, readings: object | string): Promise<void>;
}

export const hotRule = (id: string) => ({ id, name: id, condition: { metric: "temperature", above: 80 } });
export const board = { title: "Kept", widgets: [{ kind: "text", text: "Words" }] };
export const window = (id: string) => ({
  ...{ id, selector: { ids: ["nobody"] } },
  ...{ from: "2030-01-01T00:00:00Z", to: "2030-01-02T00:00:00Z" },
});
export const lastMinutes = { from: "-10m", to: "-5m", force: false };

export async function setScene(platform: Platform): Promise<Scene> {
  const api = platform.ingest;
  const post = <T>(path: string, body?: unknown) => api.request<T>("POST", path, body);
  await post("/api/v1/rules", hotRule("kept"));
  await post("/api/v1/rules/kept/enable");
  const rule = { path: { id: "kept" } };
  await eventually(
    () => api.call("GET", "/api/v1/rules/{id}", rule),
    ({ state }) => state === "live",
  );
  const { token: devicePassword } = await registerDevice(api, { id: "kept", type: "boiler" });
  const send: Scene["send"] = async (device, password, readings) => {
    const authorization = basicLogin(device, password);
    const body = typeof readings === "string" ? readings : JSON.stringify(readings);
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(`${platform.httpUrl("gateway")}/api/v1/telemetry`, { method: "POST", headers, body });
    if (!answer.ok) throw new RangeError(`Readings were answered with ${answer.status} ${await answer.text()}`);
  };
  await send("kept", devicePassword, { temperature: 95 });
  await send("kept", devicePassword, "neither JSON nor anything");
  await api.request("PUT", "/api/v1/groups/kept", { filter: { type: "boiler" } });
  await api.request("PUT", "/api/v1/boards/kept", board);
  await post("/api/v1/maintenance", window("kept"));
  const { id: credentialId } = await post<{ id: string }>("/api/v1/devices/kept/credentials", { kind: "token" });
  const { commandId } = await post<{ commandId: string }>("/api/v1/devices/kept/commands", { name: "x", ttl: "600s" });
  const { id: backtestId } = await post<{ id: string }>("/api/v1/backtests", { rule: "kept", from: "-1h" });
  const { id: rebuildId } = await post<{ id: string }>("/api/v1/rebuilds", lastMinutes);
  const key = await post<{ id: string; key: string }>("/api/v1/provisioning-keys", { name: "kept" });
  return {
    ...{ api, devicePassword, credentialId, commandId, backtestId, rebuildId, send },
    ...{ provisioningKeyId: key.id, provisioningKey: key.key },
    alertId: await firstOf(api, "/api/v1/alerts"),
    quarantineId: await firstOf(api, "/api/v1/quarantine"),
  };
}

export function basicLogin(device: string, password: string): string {
  return `Basic ${Buffer.from(`${device}:${password}`).toString("base64")}`;
}

/** The id of the first of a list, once there is one. */
export async function firstOf(api: ApiClient, path: string): Promise<string> {
  const { items } = await eventually(
    () => api.request<{ items: readonly { id: string }[] }>("GET", path),
    (page) => page.items.length > 0,
  );
  return items[0]!.id;
}
