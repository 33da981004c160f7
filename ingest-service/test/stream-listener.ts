import { expect } from "vitest";
import { tokenHeader } from "./service.ts";

export interface Told {
  readonly event: string;
  readonly data: Record<string, unknown>;
  readonly id: string | undefined;
}

/** A listener as a browser is one. */
export class StreamListener {
  lastId = "";
  readonly #stop = new AbortController();
  readonly #told: Told[] = [];
  #wake = (): void => {};
  /** Resolves when the service has ended the stream. */
  ended: Promise<void> = Promise.resolve();

  static async open(url: string, query: string, lastEventId?: string): Promise<StreamListener> {
    const listener = new StreamListener();
    const response = await fetch(`${url}/api/v1/stream?${query}`, {
      headers: { ...tokenHeader, ...(lastEventId !== undefined && { "last-event-id": lastEventId }) },
      signal: listener.#stop.signal,
    });
    expect(response.headers.get("content-type")).toMatch("text/event-stream");
    listener.ended = listener.#read(response.body!).catch(() => {});
    return listener;
  }

  async next(event: string): Promise<Told> {
    for (;;) {
      const told = this.#told.shift();
      if (told?.event === event) return told;
      if (told === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  close(): void {
    this.#stop.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = "";
    for await (const pointBatch of body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
      text += pointBatch;
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
        const fields = new Map(
          text
            .slice(0, end)
            .split("\n")
            .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
        );
        text = text.slice(end + 2);
        this.lastId = fields.get("id") ?? this.lastId;
        const event = fields.get("event");
        if (event === undefined) continue;
        this.#told.push({ event, data: JSON.parse(fields.get("data")!) as never, id: fields.get("id") });
        this.#wake();
      }
    }
  }
}
