import type { RecordableHistogram } from "node:perf_hooks";
import type { ApiClient } from "@headwater/client";
import { ArrivalCount } from "./arrivals.ts";

interface StreamedEvent {
  readonly device: string;
  readonly readings: readonly { readonly metric: string; readonly value: unknown }[];
}

/** Follows what comes onto Headwater's log, for as long as the platform gives every event. */
export class HeadwaterStream {
  readonly byDevice = new Map<string, ArrivalCount>();
  /** Why it does not tell everything; undefined: it does. */
  incomplete: string | undefined;
  readonly #metricOf: ReadonlyMap<string, string>;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #ended: Promise<void> = Promise.resolve();

  /** `metricOf`: of each device the metric that numbers its messages. */
  constructor(metricOf: ReadonlyMap<string, string>) {
    this.#metricOf = metricOf;
  }

  async start(api: ApiClient): Promise<void> {
    try {
      const body = await api.stream("/api/v1/stream?topics=telemetry", { accept: "text/event-stream" });
      this.#reader = body.getReader();
      this.#ended = this.#read(this.#reader);
    } catch (error) {
      this.incomplete = (error as Error).message;
    }
  }

  async stop(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.cancel().catch(() => undefined);
    await this.#ended;
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const frames = (rest + decoder.decode(part.value, { stream: true })).split("\n\n");
        rest = frames.pop()!;
        for (const frame of frames) this.#frame(frame);
      }
      if (this.#reader !== undefined) this.incomplete ??= "the stream ended before the run did";
    } catch (error) {
      if (this.#reader !== undefined) this.incomplete ??= `the stream broke: ${(error as Error).message}`;
    }
  }

  #frame(frame: string): void {
    let event = "message";
    let data = "";
    for (const line of frame.split("\n")) {
      if (line.startsWith("event:")) event = line.slice(6).trim();
      else if (line.startsWith("data:")) data += line.slice(5);
    }
    if (event === "sampled") this.incomplete ??= "it was read more slowly than things happened";
    if (event === "gap") this.incomplete ??= "the log no longer had all of it";
    if (event !== "telemetry" || data === "") return;
    const { device, readings } = JSON.parse(data) as StreamedEvent;
    const metric = this.#metricOf.get(device);
    if (metric === undefined) return;
    for (const { metric: name, value } of readings) {
      if (name !== metric) continue;
      const count = this.byDevice.get(device) ?? new ArrivalCount();
      this.byDevice.set(device, count);
      count.take(Number(value));
    }
  }
}

/** When messages of a few devices can be read back: asked for over and over. */
export class StoredProbe {
  readonly #api: ApiClient;
  readonly #latency: RecordableHistogram;
  readonly #open = new Map<string, { seq: number; due: number }[]>();
  readonly #metricOf: ReadonlyMap<string, string>;
  readonly #now: () => number;
  #isStopped = false;
  #ended: Promise<void> = Promise.resolve();

  /** `latency`: µs from when a message was due until a query showed it; `now`: milliseconds since the epoch. */
  constructor(api: ApiClient, metricOf: ReadonlyMap<string, string>, latency: RecordableHistogram, now: () => number) {
    this.#api = api;
    this.#metricOf = metricOf;
    this.#latency = latency;
    this.#now = now;
  }

  start(): void {
    this.#ended = this.#ask();
  }

  sent(device: string, seq: number, due: number): void {
    const open = this.#open.get(device) ?? [];
    this.#open.set(device, open);
    open.push({ seq, due });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
  }

  async #ask(): Promise<void> {
    while (!this.#isStopped) {
      const asked = [...this.#open].filter(([, open]) => open.length > 0).map(([id]) => id);
      if (asked.length > 0) await this.#askOf(asked.slice(0, 50)).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async #askOf(ids: readonly string[]): Promise<void> {
    const metrics = [...new Set(ids.map((id) => this.#metricOf.get(id)!))];
    const text = [
      ...ids.map((id) => `device=${encodeURIComponent(id)}`),
      ...metrics.map((m) => `metric=${encodeURIComponent(m)}`),
    ];
    const page = await this.#api.request<{
      items: readonly { device: string; values: Readonly<Record<string, { value?: unknown } | undefined>> }[];
    }>("GET", `/api/v1/telemetry/latest?${text.join("&")}&limit=1000`);
    const now = this.#now();
    for (const { device, values } of page.items) {
      const latest = Number(values[this.#metricOf.get(device)!]?.value);
      const open = this.#open.get(device);
      if (open === undefined || Number.isNaN(latest)) continue;
      const left = open.filter(({ seq, due }) => {
        if (seq > latest) return true;
        this.#latency.record(Math.max(1, Math.round((now - due) * 1_000)));
        return false;
      });
      this.#open.set(device, left);
    }
  }
}
