import type { Device } from "@headwater/aggregates";

/** No device has a name with a slash, and no gateway either. */
const prefix = "gateway/";

/**
 * What rules on silence see of a gateway, on the partition that its id belongs to: a device that speaks while the
 * gateway lives. Other rules never select it.
 */
export function standInOf(gateway: string): Device {
  const none = { type: "", tags: {}, attributes: {}, credentials: [] };
  return { id: prefix + gateway, revision: 1, createdAt: 0, updatedAt: 0, ...none };
}

/** The gateway that a stand-in stands for; undefined: it is a device. */
export function gatewayOf(device: string): string | undefined {
  return device.startsWith(prefix) ? device.slice(prefix.length) : undefined;
}
