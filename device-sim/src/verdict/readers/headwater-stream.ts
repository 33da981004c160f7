import type { ApiClient } from "@headwater/client";
import { ArrivalCount } from "./arrivals.ts";
import type { LogReader } from "./reader.ts";

interface StreamedEvent {
  readonly device: string;
  readonly readings: readonly { readonly metric: string; readonly value: unknown }[];
}

/** Follows what comes onto Headwater's log, for as long as the platform gives every event. */
export class HeadwaterStream implements LogReader {
  readonly byDevice = new Map<string, ArrivalCount>();
  /** Why it does not tell everything; undefined: it does. */
  incomplete: string | undefined;
  readonly #api: ApiClient;
  readonly #metricOf: ReadonlyMap<string, string>;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #ended: Promise<void> = Promise.resolve();

  /** `metricOf`: of each device the metric that numbers its messages. */
  constructor(api: ApiClient, metricOf: ReadonlyMap<string, string>) {
    this.#api = api;
    this.#metricOf = metricOf;
  }

  async start(): Promise<void> {
    try {
      const body = await this.#api.stream("/api/v1/stream?topics=telemetry", { accept: "text/event-stream" });
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
