import { sleep } from "@headwater/core";
import { Lifecycle, type ServiceApp } from "@headwater/service";
import { telemetryRoute } from "./http/telemetry-route.ts";
import { inspectRoutes } from "./inspect/routes.ts";
import { observe } from "./metrics/gauges.ts";
import { troublesOfPath, whyNotReady } from "./metrics/health.ts";
import type { ListenerAddress } from "./mqtt/listeners/listeners.ts";
import { openParts, type GatewayDeps, type GatewayParts } from "./parts.ts";

export { gatewayConfig, type GatewayConfig } from "./config.ts";
export type { ListenerAddress } from "./mqtt/listeners/listeners.ts";
export type { GatewayDeps } from "./parts.ts";

export interface GatewayApp extends ServiceApp {
  /** Where MQTT over TCP listens; 0 before the start, and if it does not. */
  readonly mqttPort: number;
  /** Where MQTT listens, by transport; empty before the start. */
  readonly mqttAddresses: readonly ListenerAddress[];
  /** Where devices send over HTTPS; undefined before the start, and if it is off. */
  readonly httpsUrl: string | undefined;
}

/** Wires the gateway. Nothing moves before `start`. */
export function createGatewayApp(deps: GatewayDeps): GatewayApp {
  return new Gateway(deps);
}

class Gateway implements GatewayApp {
  readonly name = "gateway";
  readonly died: Promise<never>;
  readonly #deps: GatewayDeps;
  readonly #lifecycle: Lifecycle;
  readonly #die: (error: unknown) => void;
  /** undefined before the start. */
  #parts: GatewayParts | undefined;
  #started = false;
  /** Why nothing of quarantine is taken again here. */
  #redriveTrouble: string | undefined;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.died = promise;
    this.#die = reject;
    this.#lifecycle = new Lifecycle({ logger: deps.logger, stopWithinMs: this.#stopWithinMs });
    this.#lifecycle.add("gateway", { start: () => this.#open() });
    if (deps.http !== undefined) {
      inspectRoutes(deps.http, () => {
        const parts = this.#parts;
        return parts && { gateway: parts.gateway, path: parts.pipeline.path, lanes: parts.pipeline.lanes };
      });
      telemetryRoute(deps.http, deps.config, () => (this.#started ? this.#parts?.telemetry : undefined));
    }
  }

  get mqttPort(): number {
    return this.mqttAddresses.find(({ transport }) => transport === "tcp")?.port ?? 0;
  }

  get mqttAddresses(): readonly ListenerAddress[] {
    return this.#addresses.filter(({ transport }) => transport !== "https");
  }

  get httpsUrl(): string | undefined {
    return this.#addresses.find(({ transport }) => transport === "https")?.url;
  }

  get #addresses(): readonly ListenerAddress[] {
    return this.#parts?.mqtt.listeners.addresses ?? [];
  }

  async start(): Promise<void> {
    await this.#lifecycle.start();
    this.#started = true;
  }

  async stop(): Promise<void> {
    this.#started = false;
    await this.#lifecycle.stop();
  }

  notReady(): readonly string[] {
    if (!this.#started) return ["gateway: not started"];
    const { pipeline, mqtt } = this.#parts!;
    return whyNotReady(this.#deps.config, pipeline.path, mqtt.listeners.certificateExpiresAt);
  }

  warnings(): readonly string[] {
    const { mqtt, bridges, pipeline, skipped } = this.#parts ?? {};
    const ofClock = pipeline?.lanes.clock.warning();
    return [
      ...(ofClock === undefined ? [] : [`gateway: ${ofClock}`]),
      ...(mqtt?.troubles ?? []),
      ...(bridges?.troubles ?? []),
      ...troublesOfPath(this.#deps.config, pipeline?.path),
      ...(skipped?.warnings() ?? []),
      ...(this.#redriveTrouble === undefined
        ? []
        : [`gateway: nothing of quarantine is taken again: ${this.#redriveTrouble}`]),
    ];
  }

  get #stopWithinMs(): number {
    return this.#deps.stopWithinMs ?? 10_000;
  }

  async #open(): Promise<void> {
    const parts = await openParts(this.#deps);
    this.#parts = parts;
    observe(this.#deps.metrics, parts.mqtt, parts.pipeline, parts.identity);
    this.#addStorage(parts);
    this.#addPipeline(parts);
    this.#addDevices(parts);
    this.#addRedrives(parts);
    this.#addMqtt(parts);
  }

  #addStorage({ pipeline, sessions, wills, openSessions }: GatewayParts): void {
    const { journal, recent } = pipeline;
    this.#lifecycle.add("journal", { stop: () => journal.close() });
    this.#lifecycle.add("journal of QoS 1", { stop: () => recent.close() });
    this.#lifecycle.add("sessions", { stop: () => sessions.close() });
    this.#lifecycle.add("last wills", { stop: () => wills.close() });
    this.#lifecycle.add("open sessions", { stop: () => openSessions.close() });
  }

  #addPipeline({ pipeline }: GatewayParts): void {
    const { path, commit, recordWriter } = pipeline;
    this.#lifecycle.add("durable path", {
      start: () => {
        path.start().catch(this.#die);
      },
      stop: async () => {
        await path.drain(AbortSignal.timeout(Math.round(this.#stopWithinMs / 3)));
        commit.close();
        await path.close();
      },
    });
    this.#lifecycle.add("group commit", {
      start: () => recordWriter.laneWriter.start(),
      // Stops before the path does: what was taken is made durable and acknowledged.
      stop: () => {
        recordWriter.laneWriter.stop();
        return commit.drain();
      },
    });
  }

  #addRedrives({ redrives, redriver }: GatewayParts): void {
    this.#lifecycle.add("re-drives", {
      start: async () => {
        await redrives.start();
        redriver.start();
      },
      stop: async () => {
        redriver.stop();
        await redrives.stop();
      },
    });
    // A gateway that may not read quarantine.v1, say, does all else: another one takes what is asked for.
    redrives.died.catch((error: unknown) => {
      this.#redriveTrouble = error instanceof Error ? error.message : String(error);
      this.#deps.logger.warn({ problem: this.#redriveTrouble }, "this gateway takes nothing of quarantine again");
    });
  }

  #addDevices({ registry, identity, book, dispatcher, marker }: GatewayParts): void {
    this.#lifecycle.add("registry", { stop: () => registry.stop() });
    this.#lifecycle.add("identity", { start: () => identity.start(), stop: () => identity.stop() });
    this.#lifecycle.add("commands", {
      start: async () => {
        // Together: a log that is away is waited for once.
        await Promise.all([registry.start(), book.start()]);
        dispatcher.start();
      },
      stop: async () => {
        dispatcher.stop();
        await book.stop();
      },
    });
    registry.died.catch(this.#die);
    book.died.catch(this.#die);
    this.#lifecycle.add("marks", { start: () => marker.start(), stop: () => marker.stop() });
  }

  #addMqtt({ mqtt, telemetry, bridges, presence, pipeline }: GatewayParts): void {
    this.#lifecycle.add("mqtt", {
      start: async () => {
        presence.endLost();
        await mqtt.start();
        if (this.httpsUrl !== undefined) {
          this.#deps.logger.info({ url: this.httpsUrl }, "devices may send over HTTPS");
        }
        bridges.start();
      },
      stop: async () => {
        mqtt.stopReading();
        telemetry.intake.close();
        bridges.stopMessages();
        // Messages that were read get their acknowledgement before the connections end.
        const patience = new AbortController();
        const over = sleep(this.#stopWithinMs / 3, patience.signal).catch(() => {});
        await Promise.race([pipeline.commit.drain(), over]);
        patience.abort();
        await Promise.all([mqtt.stop(), bridges.stop()]);
      },
    });
  }
}
