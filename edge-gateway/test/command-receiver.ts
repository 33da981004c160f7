import type { RawDevice } from "./raw-device.ts";

/** The device `valve` hears its commands. */
export const subscribe = async (device: RawDevice, qos: 0 | 1 = 1) => {
  device.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "devices/valve/commands/+", qos }] } as never);
  await device.until("suback");
};

/** What it has heard so far. */
export const publishes = (device: RawDevice) =>
  device.heard.flatMap((packet) =>
    packet.cmd === "publish"
      ? [packet as { topic: string; payload: Buffer; qos: number; messageId?: number; retain: boolean }]
      : [],
  );
