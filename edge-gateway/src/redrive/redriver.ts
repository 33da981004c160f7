import { DecodeError, HeadwaterError, nowMicros, type Logger } from "@headwater/core";
import { defaultDecodeLimits, type DecodedMessage, type DecodeLimits, type Routes } from "@headwater/decode";
import type { EventLog, OutgoingRecord } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { readTelemetry } from "@headwater/proto/telemetry";
import { calling } from "../pipeline/commit/acknowledgement.ts";
import { routedTarget } from "../pipeline/commit/message-target.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import type { RedriveBook, RedriveRequest } from "./redrive-book.ts";

export interface RedriverOptions {
  readonly log: Pick<EventLog, "append">;
  readonly topic: string;
  readonly book: RedriveBook;
  readonly recordWriter: RecordWriter;
  /** Of the gateway's own broker and of those that it bridges, for messages that came before. */
  readonly routes: readonly Routes[];
  readonly limits?: DecodeLimits;
  /** Which device of that id sent something at that time, as far as clocks tell: of what does not say it itself. */
  readonly incarnationAt: (device: string, at: number) => number;
  readonly logger: Logger;
}

/** How long the gateway that took a message first may claim it before others do (milliseconds). */
const precedenceMs = 3000;
const lookEveryMs = 500;
const atOnce = 200;

type QuarantineInput = Parameters<typeof events.quarantine.encode>[0];

/**
 * Takes messages that could not be decoded once more, when somebody asks: claims them in the log, and makes events of
 * those that its claim was the first of. Per device in the order in which they were asked for. A crash in between makes
 * a second event of the same entry and attempt, which readers drop.
 */
export class Redriver {
  readonly #options: RedriverOptions;
  /** When a request was seen here first (milliseconds, monotonic), by id and attempt. */
  readonly #seen = new Map<string, number>();
  /** Taken by this process, until the log says that they have ended. */
  readonly #taken = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isTelling = false;
  /** Steps that the log has not taken yet. */
  readonly #untold: OutgoingRecord[] = [];

  constructor(options: RedriverOptions) {
    this.#options = options;
    options.book.onChanged = () => this.#look();
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const { book, recordWriter } = this.#options;
    // What it has told last may not have reached the book.
    if (this.#timer === undefined || this.#isTelling || this.#untold.length > 0 || !book.caughtUp) return this.#tell();
    const { gateway } = recordWriter;
    const requests = book.openFor(gateway, atOnce);
    this.#forgetEnded(requests);
    const blocked = new Set<string>();
    for (const request of requests) {
      const key = keyOf(request);
      if (request.claim === "") this.#claim(request, key);
      if (request.claim !== gateway || book.isBehindOthers(request, gateway)) blocked.add(request.device);
      else if (!blocked.has(request.device) && !this.#taken.has(key)) {
        if (!recordWriter.takesRedrives) break;
        this.#taken.add(key);
        this.#take(request);
      }
    }
    this.#tell();
  }

  #forgetEnded(requests: readonly RedriveRequest[]): void {
    const open = new Set(requests.map(keyOf));
    for (const key of this.#seen.keys()) if (!open.has(key)) this.#seen.delete(key);
    for (const key of this.#taken) if (!open.has(key)) this.#taken.delete(key);
  }

  #claim(request: RedriveRequest, key: string): void {
    const { gateway } = this.#options.recordWriter;
    const now = performance.now();
    const seen = this.#seen.get(key) ?? now;
    this.#seen.set(key, seen);
    if (request.takenBy !== gateway && now - seen < precedenceMs) return;
    // Not again before the log has had time to say whose it is.
    this.#seen.set(key, now + precedenceMs);
    if (seen <= now) this.#step(request, { claimed: { gateway } });
  }

  /** All of it is in one group commit; what became of it is told when that is durable. */
  #take(request: RedriveRequest): void {
    const { logger, recordWriter } = this.#options;
    try {
      const { device, message } = this.#read(request);
      const { samples, effects } = message;
      const { id: entry, attempt, at } = request;
      if (samples.length === 0) {
        if (effects?.ignored === undefined) throw new DecodeError(effects?.quarantine ?? "The message has no readings");
        this.#step(request, { redriven: {} });
        return;
      }
      const { laneWriter } = recordWriter;
      // A fix may have given it to another device, of which nobody has told.
      const told = device === request.device ? request.incarnation : undefined;
      const incarnation = told ?? this.#options.incarnationAt(device, at);
      const made = laneWriter.redriven(device, message, { entry, attempt, at, incarnation }, (identity) =>
        calling((error) => {
          if (error) this.#taken.delete(keyOf(request));
          else {
            this.#step(request, { redriven: identity });
            this.#tell();
          }
        }),
      );
      if (!made) throw new DecodeError("The message is too large to be one event");
      if (effects?.quarantine !== undefined) {
        const payload = effects.quarantined ?? request.payload;
        recordWriter.quarantine({ device, reason: effects.quarantine, payload, mqttTopic: request.mqttTopic });
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) logger.error({ err: error, entry: request.id }, "a re-drive failed");
      this.#step(request, { stage: request.stage, reason: (error as Error).message.slice(0, 1000).toWellFormed() });
    }
  }

  #read({ stage, payload, mqttTopic, device: sender }: RedriveRequest): { device: string; message: DecodedMessage } {
    if (stage === "log") return recordMessage(payload);
    const { routes, recordWriter, limits = defaultDecodeLimits } = this.#options;
    let wrong: DecodeError | undefined;
    // An entry does not say which broker the message came from: the first that can read it does.
    for (const ofBroker of routes) {
      const target = routedTarget(ofBroker, recordWriter, mqttTopic, sender === "" ? undefined : sender);
      if (target === undefined) continue;
      if (target.kind !== "telemetry") {
        wrong ??= new DecodeError(target.kind === "unrouted" ? target.reason : "It is a reply");
        continue;
      }
      try {
        return { device: target.lane.device, message: target.decoder(payload, limits) };
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        wrong ??= error;
      }
    }
    throw wrong ?? new DecodeError("No route reads this topic");
  }

  #step({ id, attempt, device, partition }: RedriveRequest, step: QuarantineInput): void {
    const { gateway } = this.#options.recordWriter;
    const time = nowMicros();
    this.#untold.push({
      key: device === "" ? null : device,
      partition,
      value: events.quarantine.encode({ id, attempt, device, gateway, at: time, ...step }),
      headers: cloudEventHeaders({ type: eventTypes.quarantine, source: `/headwater/gateway/${gateway}`, id, time }),
    });
  }

  #tell(): void {
    const { log, topic, logger } = this.#options;
    if (this.#isTelling || this.#untold.length === 0) return;
    this.#isTelling = true;
    const steps = this.#untold.slice(0, atOnce);
    log
      .append(topic, steps)
      .then(
        () => this.#untold.splice(0, steps.length),
        (error: unknown) => {
          if (!(error instanceof HeadwaterError)) throw error;
          // With the next look.
          logger.warn({ problem: error.message }, "what became of a re-drive is not told yet");
        },
      )
      .catch((error: unknown) => logger.error({ err: error }, "what became of a re-drive is not told"))
      .finally(() => {
        this.#isTelling = false;
      });
  }
}

function keyOf({ id, attempt }: RedriveRequest): string {
  return `${attempt} ${id}`;
}

/** A record of telemetry.v1 that the log refused, as the message that it was made of. */
function recordMessage(payload: Uint8Array): { device: string; message: DecodedMessage } {
  const { device, eventTime, readings, attributes } = readTelemetry(payload);
  const samples = readings.flatMap(({ metric, number, boolean, text, unit, timeDelta }) => {
    const value = number ?? boolean ?? text;
    const reading = value === null ? [] : [{ metric, value, ...(unit !== "" && { unit }) }];
    return reading.length === 0 ? [] : [{ time: eventTime + timeDelta, readings: reading }];
  });
  return { device, message: { samples, notes: { ...attributes } } };
}
