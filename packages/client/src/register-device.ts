import type { ApiClient } from "./api-client.ts";
import type { Schemas } from "./routes.ts";

/** A device that may log in over MQTT. */
export interface Registration {
  readonly id: string;
  /** Its password; the user name is its id. */
  readonly token: string;
}

/** Registers a device, or gives one that exists a further token, so that a simulation can be run again. */
export async function registerDevice(
  api: ApiClient,
  device: { id: string; type: string; tags?: Readonly<Record<string, string>> },
): Promise<Registration> {
  const body: Schemas["Registration"] = device;
  const created = await api.request<Partial<Schemas["RegisteredDevice"]>>("POST", "/api/v1/devices", body, [409]);
  if (created.token !== undefined) return { id: device.id, token: created.token };
  const path = { id: device.id };
  const { token } = await api.call("POST", "/api/v1/devices/{id}/credentials", { path, body: { kind: "token" } });
  // One of kind token has a token.
  return { id: device.id, token: token! };
}
