import { setImmediate } from "node:timers/promises";
import { foldDevice, type DeviceState } from "@headwater/aggregates";
import type { EventLog } from "@headwater/event-log";
import type { FoldedEvents } from "@headwater/service";
import type { DeviceAsNow } from "./partition-backtest.ts";

/** Devices that are folded before others have the event loop. */
const aStep = 2000;

/** The devices of one partition as they now are, without their credentials; those that are deleted, too. */
export async function devicesNow(
  log: EventLog,
  topic: string,
  partition: number,
  folded: FoldedEvents,
): Promise<DeviceAsNow[]> {
  const states = new Map<string, DeviceState>();
  for await (const batch of log.read(topic, partition)) {
    let since = 0;
    for (const record of batch.records) {
      since += 1;
      if (since % aStep === 0) await setImmediate();
      const event = folded.device(batch, record);
      if (event === undefined) continue;
      const { state, accepted } = foldDevice(states.get(event.id), event, record.appendTime);
      if (accepted) states.set(event.id, state);
    }
  }
  return Array.from(states, ([id, { device, incarnation }]) => ({
    id,
    device: device && { ...device, credentials: [] },
    incarnation,
  }));
}
