import type { ReadModel } from "@headwater/event-log/read-model";
import type { TimeSeriesStore } from "@headwater/time-series";
import { telemetryMeasurement } from "../projection/telemetry-points.ts";
import type { HeardDevice, HeardPage, ListHeard } from "../devices/routes.ts";
import { deviceState } from "../devices/device-model.ts";
import type { DeviceSeries } from "./device-series.ts";

/** Bounds one request, however many devices are registered: a page may end before it is full. */
const idsAtOnce = 1000;
const maxIds = 20_000;
const asksAtOnce = 16;

/** Devices that have sent telemetry and are not registered: the store has what they sent, whoever projected it. */
export class HeardDevices implements ListHeard {
  readonly #model: ReadModel;
  readonly #store: Pick<TimeSeriesStore, "tagValues">;
  readonly #series: DeviceSeries;

  constructor(options: {
    readonly model: ReadModel;
    readonly store: Pick<TimeSeriesStore, "tagValues">;
    readonly series: DeviceSeries;
  }) {
    this.#model = options.model;
    this.#store = options.store;
    this.#series = options.series;
  }

  async list(after: string | undefined, limit: number): Promise<HeardPage> {
    const devices: HeardDevice[] = [];
    let place = after;
    for (let looked = 0; looked < maxIds; looked += idsAtOnce) {
      const ids = await this.#store.tagValues(telemetryMeasurement, "device", { after: place, limit: idsAtOnce });
      const unregistered = ids.values.filter((id) => deviceState(this.#model.db, id)?.device === undefined);
      for (let start = 0; start < unregistered.length; start += asksAtOnce) {
        const some = unregistered.slice(start, start + asksAtOnce);
        const seen = await Promise.all(some.map((id) => this.#lastSeen(id)));
        for (const [index, lastSeen] of seen.entries()) {
          const id = some[index]!;
          if (lastSeen === undefined) continue;
          // One more shows that there are more.
          if (devices.length === limit) return { devices, next: devices.at(-1)!.id };
          devices.push({ id, lastSeen });
        }
      }
      if (ids.next === undefined) return { devices, next: undefined };
      place = ids.next;
    }
    return { devices, next: place };
  }

  /** undefined: what there is under the id was sent by a device that is deleted. */
  async #lastSeen(device: string): Promise<number | undefined> {
    const incarnation = deviceState(this.#model.db, device)?.incarnation ?? 0;
    const { values } = await this.#series.latest({ device, incarnation }, { limit: idsAtOnce });
    return values.length === 0 ? undefined : values.reduce((latest, { time }) => Math.max(latest, time), -Infinity);
  }
}
