import { type ApiClient, ProblemError } from "@headwater/client";
import { spansOf, type StoredDevice, type StoreReader } from "./reader.ts";

const pageLimit = 1_000_000;
const devicesAtOnce = 50;

type LatestPage = {
  readonly items: readonly {
    readonly device: string;
    readonly values: Readonly<Record<string, { readonly value?: unknown } | undefined>>;
  }[];
};

/** What Headwater has stored, over REST. */
export class HeadwaterStore implements StoreReader {
  readonly pauseMs = 5;
  readonly keepsText = true;
  readonly #api: ApiClient;
  readonly #metricOf: ReadonlyMap<string, string>;

  /** `metricOf`: of each device the metric that numbers its messages. */
  constructor(api: ApiClient, metricOf: ReadonlyMap<string, string>) {
    this.#api = api;
    this.#metricOf = metricOf;
  }

  eachPoint(device: StoredDevice, take: (time: number, seq: number) => void): Promise<void> {
    return this.eachValue(device, device.metric, (time, value) => take(time, Number(value)));
  }

  async eachValue(device: StoredDevice, metric: string, take: (time: number, value: unknown) => void): Promise<void> {
    if (device.sent.times.length === 0) return;
    for (const { first, last } of spansOf(device)) {
      const [from, to] = [first, last + 1].map((time) => new Date(time).toISOString()) as [string, string];
      await this.#eachWithin(device.id, { metric, from, to, limit: pageLimit }, take);
    }
  }

  async #eachWithin(
    id: string,
    query: { readonly metric: string; readonly from: string; readonly to: string; readonly limit: number },
    take: (time: number, value: unknown) => void,
  ): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.#api
        .call("GET", "/api/v1/devices/{id}/series", {
          path: { id },
          query: { ...query, ...(cursor !== undefined && { cursor }) },
        })
        .catch((error: unknown) => {
          // Nothing of it has been stored yet.
          if (error instanceof ProblemError && error.status === 404) return { points: [], next: undefined };
          throw error;
        });
      for (const [time, value] of page.points) take(Math.round(Number(time)), value);
      cursor = page.next;
    } while (cursor !== undefined);
  }

  async latest(devices: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const asked = devices.slice(0, devicesAtOnce);
    const metrics = [...new Set(asked.map((id) => this.#metricOf.get(id)!))];
    const text = [
      ...asked.map((id) => `device=${encodeURIComponent(id)}`),
      ...metrics.map((metric) => `metric=${encodeURIComponent(metric)}`),
    ].join("&");
    const { items } = await this.#api.request<LatestPage>("GET", `/api/v1/telemetry/latest?${text}&limit=1000`);
    return new Map(items.map(({ device, values }) => [device, Number(values[this.#metricOf.get(device)!]?.value)]));
  }
}
