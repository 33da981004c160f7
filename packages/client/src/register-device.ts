import type { ApiClient } from "./api-client.ts";

/** A device that may log in over MQTT. */
export interface Registration {
  readonly id: string;
  /** Its password; the user name is its id. */
  readonly token: string;
}

interface DeviceAnswer {
  readonly id: string;
  readonly token?: string;
  readonly status?: number;
}

/** Registers a device, or gives one that exists a further token, so that a simulation can be run again. */
export async function registerDevice(
  api: ApiClient,
  device: { id: string; type: string; tags?: Readonly<Record<string, string>> },
): Promise<Registration> {
  const created = await api.request<DeviceAnswer>("POST", "/api/v1/devices", device, [409]);
  if (created.token !== undefined) return { id: device.id, token: created.token };
  const path = `/api/v1/devices/${encodeURIComponent(device.id)}/credentials`;
  const credential = await api.request<{ token: string }>("POST", path, {});
  return { id: device.id, token: credential.token };
}
