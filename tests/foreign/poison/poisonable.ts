import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiClient, type ApiClient } from "@headwater/client";
import { gatewayService } from "@headwater/edge-gateway/service";
import type { EventLog, TopicNames } from "@headwater/event-log";
import { ingestService } from "@headwater/ingest-service/service";
import { rulesService } from "@headwater/rules-service/service";
import { runHost, type RunningProcess } from "@headwater/service";

export const partitions = 4;

/** A log that others write to as they like, and the settings with which Headwater uses it. */
export interface OpenedLog {
  readonly log: EventLog;
  readonly topics: TopicNames;
  readonly settings: Readonly<Record<string, string>>;
  /** Headwater shares the log with the test instead of opening it. */
  readonly shared: boolean;
  close(): Promise<void>;
}

/** All of Headwater in this process, on a log to which the test writes what it likes. */
export class Poisonable {
  readonly opened: OpenedLog;
  readonly #dataDir = mkdtempSync(join(tmpdir(), "headwater-poison-"));
  #running:
    | { readonly process: RunningProcess; readonly end: AbortController; readonly ended: Promise<void> }
    | undefined;
  #fault: unknown;

  constructor(opened: OpenedLog) {
    this.opened = opened;
  }

  /** Resolves when all services are ready; rejects if one dies before. */
  async start(): Promise<void> {
    const { log, settings, shared } = this.opened;
    const end = new AbortController();
    const ready = Promise.withResolvers<RunningProcess>();
    const env = {
      HEADWATER_DATA_DIR: this.#dataDir,
      HEADWATER_MQTT_PORT: "0",
      HEADWATER_HTTP_PORT: "0",
      HEADWATER_PARTITIONS: String(partitions),
      HEADWATER_LOG_LEVEL: "fatal",
      // A claim that no member wrote is waited out twenty times as long.
      HEADWATER_RULES_STALL_MS: "200",
      ...settings,
    };
    const unclosed = new Proxy(log, {
      get(target, name) {
        if (name === "close") return async () => {};
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    const ended = runHost(
      {
        name: "headwater",
        title: "Headwater",
        services: [ingestService, rulesService, gatewayService],
        mayEmbedLog: true,
        ...(shared && { openLog: () => ({ log: unclosed, ready: async () => {} }) }),
        readyText(running) {
          ready.resolve(running);
          return "ready";
        },
      },
      { signal: end.signal, env },
    );
    this.#fault = undefined;
    ended.then(
      () => ready.reject(new RangeError("it ended before it was ready")),
      (error: unknown) => {
        this.#fault = error;
        ready.reject(error);
      },
    );
    this.#running = { process: await ready.promise, end, ended };
  }

  /** Rejects with the error of which it died, if it did. */
  async stop(): Promise<void> {
    this.#running?.end.abort();
    await this.#running?.ended;
    this.#running = undefined;
  }

  /** Throws the error of which it died, if it did. */
  expectAlive(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** Everything that is folded again from the log. */
  forgetModels(): void {
    for (const path of ["ingest", "rules", "gateway/devices.sqlite", "gateway/commands.sqlite"]) {
      rmSync(join(this.#dataDir, path), { recursive: true, force: true });
    }
  }

  get api(): ApiClient {
    return createApiClient(this.#running!.process.url, this.token);
  }

  get url(): string {
    return this.#running!.process.url;
  }

  get token(): string {
    return readFileSync(join(this.#dataDir, "admin-token"), "utf8").trim();
  }

  get mqttUrl(): string {
    return this.#running!.process.addresses.find((address) => address.startsWith("mqtt://"))!;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.opened.close();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}
