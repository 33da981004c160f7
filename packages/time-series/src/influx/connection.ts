import type { Logger } from "@headwater/core";
import { InfluxDB, type SendOptions, type Transport } from "@influxdata/influxdb-client";
import { StoreUnavailableError } from "../errors.ts";
import type { Retention } from "../retention.ts";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { brokenOff, foreignAnswer, influxError, type Effect } from "./influx-errors.ts";

export interface InfluxStoreOptions {
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
  readonly token: string;
  /**
   * How long somebody wants points and roll-ups kept. Absent: the bucket has a retention of its own, and there are no
   * roll-ups.
   */
  readonly retention?: Retention | undefined;
  readonly logger?: Logger | undefined;
  /** How long one write may take until its outcome counts as unknown, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** How long a query may stay silent, and a deletion take, in milliseconds. */
  readonly queryTimeoutMs?: number | undefined;
}

const MAX_SOCKETS = 16;
const TEXT = { "content-type": "text/plain; charset=utf-8" };

/**
 * The official client's transport, used bare: its WriteApi would buffer and retry on its own, and its time-out leaves
 * the request running behind it. Every request here ends, its socket too.
 */
export class InfluxConnection {
  readonly #transport: Transport;
  readonly #agent: HttpAgent;
  readonly #options: InfluxStoreOptions;
  readonly #target: string;
  readonly #timeoutMs: number;
  readonly #queryTimeoutMs: number;

  constructor(options: InfluxStoreOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#queryTimeoutMs = options.queryTimeoutMs ?? Math.max(60_000, this.#timeoutMs);
    const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS };
    const secure = new URL(options.url).protocol === "https:";
    this.#agent = secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
    this.#transport = new InfluxDB({
      url: options.url,
      token: options.token,
      timeout: 0,
      transportOptions: { agent: this.#agent },
    }).transport;
    this.#target = `org=${encodeURIComponent(options.org)}&bucket=${encodeURIComponent(options.bucket)}`;
  }

  /** Stores lines, which it copies; nothing at all still proves that bucket and token are good. */
  async write(lines: Uint8Array): Promise<void> {
    const path = `/api/v2/write?${this.#target}&precision=us`;
    await this.#change(path, lines, { method: "POST", headers: TEXT }, this.#timeoutMs);
  }

  async delete(body: object, bucket = this.#options.bucket): Promise<void> {
    const path = `/api/v2/delete?org=${encodeURIComponent(this.#options.org)}&bucket=${encodeURIComponent(bucket)}`;
    await this.#change(path, JSON.stringify(body), { method: "POST" }, this.#queryTimeoutMs);
  }

  /** What InfluxDB's API for buckets and tasks answers; `ofNone`, if there, where it finds nothing. */
  async resource<T>(method: "GET" | "POST" | "PATCH", path: string, body?: object, ofNone?: T): Promise<T> {
    const headers = { accept: "application/json", "content-type": "application/json" };
    const text = body === undefined ? "" : JSON.stringify(body);
    try {
      return (await this.#request(path, text, { method, headers }, "reads", this.#queryTimeoutMs)) as T;
    } catch (error) {
      const isNone = error instanceof StoreUnavailableError && error.details?.["status"] === 404;
      if (!isNone || ofNone === undefined) throw error;
      return ofNone;
    }
  }

  /**
   * What the endpoint of version 1 answers to statements of InfluxQL, times in microseconds. `database` and `policy`
   * stand for a bucket.
   */
  async influxql(statements: string, database: string, policy: string): Promise<unknown> {
    const path = `/query?db=${encodeURIComponent(database)}&rp=${encodeURIComponent(policy)}&epoch=u`;
    // The client reads an answer as what it asked for, and only unasked as what it says it is.
    const send = { method: "POST", headers: { "content-type": "application/vnd.influxql" } };
    return this.#request(path, statements, send, "reads", this.#queryTimeoutMs);
  }

  async health(): Promise<unknown> {
    return this.#request(
      "/health",
      "",
      { method: "GET", headers: { accept: "application/json" } },
      "reads",
      this.#timeoutMs,
    );
  }

  /**
   * The answer to a Flux query as annotated CSV, in the pieces in which it comes; waits for the reader between them.
   */
  async *query(flux: string): AsyncGenerator<Uint8Array> {
    const silence = new AbortController();
    const watch = (): NodeJS.Timeout => setTimeout(() => silence.abort(), this.#queryTimeoutMs);
    let timer = watch();
    const body = JSON.stringify({
      query: flux,
      type: "flux",
      dialect: { header: true, delimiter: ",", annotations: ["datatype", "group", "default"] },
    });
    try {
      const answer = this.#transport.iterate(`/api/v2/query?org=${encodeURIComponent(this.#options.org)}`, body, {
        method: "POST",
        headers: { accept: "application/csv" },
        signal: silence.signal,
      });
      let isInflux = false;
      const ending = new Ending();
      for await (const piece of answer) {
        clearTimeout(timer);
        isInflux ||= this.#assertAnnotated(piece);
        ending.see(piece);
        yield piece;
        timer = watch();
      }
      if (!isInflux) throw foreignAnswer(this.#options.url, "a query with nothing");
      if (!ending.isWhole) throw brokenOff(this.#options.url);
    } catch (error) {
      throw influxError(error, "reads", this.#options.url);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** An answer of InfluxDB begins with an annotation, or with the empty line that is all of an empty answer. */
  #assertAnnotated(piece: Uint8Array): boolean {
    if (piece.length === 0) return false;
    if (piece[0] === 0x23 || piece[0] === 0x0d || piece[0] === 0x0a) return true;
    const said = Buffer.from(piece.subarray(0, 60)).toString("utf8");
    // Flux that fails before its first row is told as a table without annotations.
    if (said.startsWith("error,reference") || said.startsWith(",error,reference")) return true;
    throw foreignAnswer(this.#options.url, `a query with ${JSON.stringify(said)}`);
  }

  /** InfluxDB answers what it has changed with 204 and nothing else. */
  async #change(path: string, body: string | Uint8Array, options: SendOptions, timeoutMs: number): Promise<void> {
    const answered = await this.#bounded("changes", timeoutMs, (signal) =>
      this.#statusOf(path, body, { ...options, signal }),
    );
    if (answered !== 204) throw foreignAnswer(this.#options.url, String(answered));
  }

  #request(path: string, body: string, options: SendOptions, effect: Effect, timeoutMs: number): Promise<unknown> {
    return this.#bounded(effect, timeoutMs, (signal) => this.#transport.request(path, body, { ...options, signal }));
  }

  #statusOf(path: string, body: string | Uint8Array, options: SendOptions): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      let status: number | undefined;
      // The client makes a Buffer of what it is given; its types say text alone.
      this.#transport.send(path, body as string, options, {
        responseStarted: (_headers, answered) => void (status = answered),
        next: () => {},
        error: reject,
        complete: () => resolve(status),
      });
    });
  }

  async #bounded<T>(effect: Effect, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // Not AbortSignal.timeout: that would keep the body of every write until its time is up.
    const overdue = new AbortController();
    const timer = setTimeout(() => overdue.abort(new DOMException("no answer in time", "TimeoutError")), timeoutMs);
    try {
      return await work(overdue.signal);
    } catch (error) {
      throw influxError(error, effect, this.#options.url);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * InfluxDB ends every answer with an empty line. Where a proxy marks the end of a body by closing the connection, an
 * answer that was cut off looks whole, and its last number may lack digits.
 */
class Ending {
  #last = "\r\n";

  see(piece: Uint8Array): void {
    if (piece.length > 0) this.#last = (this.#last + Buffer.from(piece.subarray(-4)).toString("latin1")).slice(-4);
  }

  get isWhole(): boolean {
    return this.#last.endsWith("\r\n\r\n") || this.#last.endsWith("\n\n");
  }
}
