import { backoff, ConfigError, type Logger } from "@headwater/core";
import { randomUUID } from "node:crypto";
import type { CommandSession } from "../commands/command-session.ts";
import { brokerRoutes, defaultDecodeLimits, FirmwareTopics, type Routes } from "@headwater/decode";
import type { RefusalLog } from "../refusal-log.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { GroupCommit } from "../pipeline/commit/group-commit.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import { MessageProcessor, type ReplyHandler } from "../pipeline/commit/message-processor.ts";
import type { Qos2Journal } from "../pipeline/redelivery/qos2-journal.ts";
import type { RecentJournal } from "../pipeline/redelivery/recent-journal.ts";
import { sessionKey } from "../pipeline/redelivery/recent-publishes.ts";
import { loadBridgeState, saveBridgeState } from "./bridge-state.ts";
import type { BridgeMetrics } from "./bridge-metrics.ts";
import type { BridgeSpec } from "./bridge-spec.ts";
import { BridgeTopics } from "./bridge-topics.ts";
import type { RemoteBroker, RemoteBrokerEvents, RemoteBrokerProblem, Filter } from "./remote-broker.ts";
import { HeardDevices } from "./heard-devices.ts";
import { Inbound } from "./inbound.ts";
import { readLogin, type Login } from "./login-files.ts";

export interface BridgeDeps {
  readonly connect: (spec: BridgeSpec, login: Login, events: RemoteBrokerEvents) => RemoteBroker;
  readonly recordWriter: RecordWriter;
  readonly commit: GroupCommit;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  readonly replies: ReplyHandler;
  readonly onCommandSession: (session: CommandSession) => void;
  readonly onCommandSessionEnd: (session: CommandSession) => void;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  readonly bridgeMetrics: BridgeMetrics;
  /** User properties of MQTT 5 that are kept of messages on devices' own topics. */
  readonly userProperties: readonly string[];
  readonly logger: Logger;
}

export interface BridgeOptions extends BridgeDeps {
  readonly spec: BridgeSpec;
  /** Keeps what is worth knowing after a restart. */
  readonly memoryFile: string;
}

/**
 * Between attempts (milliseconds): at random up to a bound that doubles. A broker that is away is not hammered, one
 * that is back not left waiting.
 */
const reconnect = { baseMs: 500, maxMs: 30_000 } as const;
const wellAfterMs = 10_000;
const rememberEveryMs = 60_000;

/**
 * One existing broker whose messages the gateway takes. It is connected, or tries to be; whatever befalls it is its own
 * trouble, and seen in its state.
 */
export class Bridge {
  /** By which its messages are read; some remember what they heard. */
  readonly routes: Routes;
  readonly #options: BridgeOptions;
  readonly #topics: BridgeTopics;
  readonly #processor: MessageProcessor;
  readonly #heard: HeardDevices | undefined;
  readonly #labels: { readonly bridge: string };
  readonly #stopping = new AbortController();
  /** Of the session at the broker. Client sessions are named with a slash: none has this name. */
  readonly #session: string;
  #connection: RemoteBroker | undefined;
  #inbound: Inbound | undefined;
  #connected = false;
  #problem: RemoteBrokerProblem | undefined;
  #refused: readonly string[] = [];
  /** The filters in the broker's session; undefined until this process has subscribed. */
  #subscribed = false;
  #oldFilters: readonly string[] = [];
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BridgeOptions) {
    this.#options = options;
    const { spec, recordWriter, commit, journal, recent, replies, metrics, logger } = options;
    this.#labels = { bridge: spec.name };
    this.routes = brokerRoutes(spec.routes, options.userProperties);
    this.#session = `bridge ${spec.name}`;
    this.#heard =
      spec.commands === undefined
        ? undefined
        : new HeardDevices({
            spec: spec.commands,
            onSession: options.onCommandSession,
            onSessionEnd: options.onCommandSessionEnd,
            onTooLarge: (device, commandId) => {
              this.#tooLarge({ device });
              const result = JSON.stringify("The command is larger than the broker of the bridge takes");
              replies.answered(device, { commandId, status: "rejected", result });
            },
          });
    this.#topics = new BridgeTopics({
      ...spec,
      routes: this.routes,
      firmware: new FirmwareTopics(spec.routes),
      isCommandOf: (device, commandId) => replies.isCommandOf(device, commandId),
      recordWriter,
      metrics,
    });
    this.#processor = new MessageProcessor({
      ...{ recordWriter, commit, journal, recent, replies },
      limits: defaultDecodeLimits,
      publish: (publication) => {
        if (this.#connection?.publish(publication) === "too-large") this.#tooLarge({ topic: publication.topic });
      },
      onPresence: ({ device, online }) => this.#heard?.said(device, online),
      metrics,
      refusals: options.refusals,
      logger,
    });
  }

  get name(): string {
    return this.#options.spec.name;
  }

  /** The present problem, for people; undefined if there is none. */
  get trouble(): string | undefined {
    if (!this.#connected) return `not connected: ${this.#problem?.text ?? "connecting"}`;
    return this.#refused.length > 0 ? `the broker refused to subscribe ${this.#refused.join(", ")}` : undefined;
  }

  get unacked(): number {
    return this.#inbound?.unacked ?? 0;
  }

  get reachable(): number {
    return this.#connected ? (this.#heard?.size ?? 0) : 0;
  }

  /** Begins to connect; nobody waits for a broker that may be away. */
  start(): void {
    this.#running = this.#run();
    this.#timer = setInterval(() => {
      this.#heard?.sweep();
      if (this.#heard !== undefined) void this.#remember();
    }, rememberEveryMs);
  }

  /** Takes no more messages; those that were taken are still acknowledged. */
  stopMessages(): void {
    this.#connection?.stopMessages();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#connection?.close();
    await this.#running;
    await this.#remember();
  }

  async #run(): Promise<void> {
    const { spec, memoryFile, logger } = this.#options;
    const { signal } = this.#stopping;
    const pause = backoff({ ...reconnect, signal });
    const { filters, heard } = await loadBridgeState(memoryFile, logger);
    const wanted = new Set(spec.subscriptions.map(({ filter }) => filter));
    this.#oldFilters = filters.filter((filter) => !wanted.has(filter));
    this.#heard?.restore(heard);
    while (!signal.aborted) {
      const began = performance.now();
      const problem = await this.#oneConnection();
      if (signal.aborted) return;
      // One that ends at once, again and again, is not well because it began.
      if (performance.now() - began > wellAfterMs) pause.reset();
      this.#note(problem);
      await pause.wait().catch(() => {});
    }
  }

  /** Resolves with why it ended. */
  async #oneConnection(): Promise<RemoteBrokerProblem> {
    const { spec, connect } = this.#options;
    let login: Login;
    try {
      login = await readLogin(spec);
    } catch (error) {
      if (error instanceof ConfigError) return { kind: "settings", text: error.message };
      throw error;
    }
    if (this.#stopping.signal.aborted) return { kind: "connection-lost", text: "The gateway stops" };
    return new Promise((resolve) => {
      let inbound: Inbound | undefined;
      const connection = connect(spec, login, {
        connected: (sessionPresent) => {
          inbound = this.#begin(connection, sessionPresent);
          // Behind CONNACK, so that mqtt.js knows of it.
          setImmediate(() => void this.#subscribe(connection, sessionPresent));
        },
        message: (message) => inbound?.message(message),
        release: (packetId) => inbound?.release(packetId),
        closed: (problem) => {
          inbound?.close();
          this.#end(connection);
          resolve(problem);
        },
      });
      this.#connection = connection;
    });
  }

  #begin(connection: RemoteBroker, sessionPresent: boolean): Inbound {
    const { spec, journal, recent, logger, bridgeMetrics } = this.#options;
    if (!sessionPresent) {
      // Packet identifiers of the session that the broker has forgotten mean nothing any more.
      journal
        .forget(this.#session)
        .catch((error: unknown) => logger.debug({ err: error }, "a session was not forgotten"));
    }
    const inbound = new Inbound({
      ...this.#options,
      session: this.#session,
      sessionPresent,
      sent: recent.begin(sessionKey(this.#session), true),
      connection,
      topics: this.#topics,
      processor: this.#processor,
      heard: this.#heard,
      received: bridgeMetrics.received.labels(this.#labels),
    });
    this.#inbound = inbound;
    this.#connected = true;
    this.#problem = undefined;
    this.#heard?.connected(connection, randomUUID());
    bridgeMetrics.connected.labels(this.#labels).set(1);
    logger.info({ bridge: spec.name, sessionPresent }, "a bridge is connected to its broker");
    return inbound;
  }

  #end(connection: RemoteBroker): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#inbound = undefined;
    this.#connected = false;
    this.#heard?.disconnected();
    this.#options.bridgeMetrics.connected.labels(this.#labels).set(0);
  }

  /** A broker that kept the session kept its subscriptions; asking again would bring all retained messages again. */
  async #subscribe(connection: RemoteBroker, sessionPresent: boolean): Promise<void> {
    if (sessionPresent && this.#subscribed && this.#refused.length === 0) return;
    const { spec, logger, bridgeMetrics } = this.#options;
    const filters = spec.subscriptions.map(({ filter, qos, shared }): Filter => ({
      filter,
      qos,
      noLocal: !shared,
      retained: spec.takesRetained,
    }));
    try {
      if (sessionPresent) await connection.unsubscribe(this.#oldFilters);
      this.#refused = await connection.subscribe(filters);
    } catch (error) {
      // The connection ended; the next one subscribes.
      logger.debug({ err: error, bridge: spec.name }, "a bridge could not subscribe");
      return;
    }
    this.#subscribed = true;
    this.#oldFilters = [];
    bridgeMetrics.refusedFilters.labels(this.#labels).set(this.#refused.length);
    if (this.#refused.length > 0)
      logger.error({ bridge: spec.name, filters: this.#refused }, "the broker of a bridge refused subscriptions");
    await this.#remember();
  }

  #tooLarge(facts: { readonly device?: string; readonly topic?: string }): void {
    const text = "a message that is larger than the broker of a bridge takes was not sent";
    this.#options.refusals.add("message", "larger-than-taken", { ...facts, bridge: this.name }, text);
  }

  #note(problem: RemoteBrokerProblem): void {
    const { spec, logger, bridgeMetrics } = this.#options;
    bridgeMetrics.ended.labels({ ...this.#labels, problem: problem.kind }).inc();
    // Said once, not at every attempt.
    if (this.#problem?.text !== problem.text)
      logger.warn({ bridge: spec.name, problem: problem.kind, why: problem.text }, "a bridge is not connected");
    this.#problem = problem;
  }

  async #remember(): Promise<void> {
    const { spec, memoryFile, logger } = this.#options;
    const filters = this.#subscribed ? spec.subscriptions.map(({ filter }) => filter) : this.#oldFilters;
    await saveBridgeState(memoryFile, { filters, heard: this.#heard?.all ?? {} }, logger);
  }
}
