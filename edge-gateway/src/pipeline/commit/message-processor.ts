import { DecodeError, type Logger } from "@headwater/core";
import type { MessageEffects, DecodedMessage, DecodeLimits, PresenceReport, Publication } from "@headwater/decode";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { DeviceLane } from "../lanes/device-lanes.ts";
import type { RecordWriter } from "./record-writer.ts";
import { whatIsWrongWith, type MessageTarget } from "./message-target.ts";
import type { Owner, DurableCallback } from "../batch/record-batch.ts";

export interface ReplyHandler {
  /**
   * Takes what a device says about one of its commands; answers with what is wrong if it cannot (and nothing was
   * written then).
   */
  reply(
    device: string,
    commandId: string,
    payload: Uint8Array,
    onDurable: DurableCallback | undefined,
    owner: Owner,
    packetId: number | undefined,
  ): string | undefined;
}

export interface MessageProcessorOptions {
  readonly recordWriter: RecordWriter;
  readonly commit: GroupCommit;
  readonly limits: DecodeLimits;
  readonly replies: ReplyHandler;
  /** Says something on the broker that the messages come from, once. May be lost. */
  readonly publish: (publication: Publication) => void;
  /** Told who came and went by what messages say. */
  readonly onPresence?: (report: PresenceReport) => void;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

const tooLarge = "The message is too large to be one event";

/**
 * What one message becomes: an event, a reply to a command, or a record in quarantine; and what it says beside. It is
 * acknowledged once, when all of that is durable. One for each broker that messages come from.
 */
export class MessageProcessor {
  readonly #options: MessageProcessorOptions;

  constructor(options: MessageProcessorOptions) {
    this.#options = options;
  }

  /**
   * Processes it now; the caller has asked the record writer for room. `onDurable` is called, or else the owner
   * acknowledges the packet, once it is durable. Answers with the n of the event, or 0 if the message became none.
   */
  process(
    target: MessageTarget,
    topic: string,
    payload: Uint8Array,
    onDurable: DurableCallback | undefined,
    owner: Owner,
    packetId: number | undefined,
  ): number {
    if (target.kind === "telemetry") {
      const { lane } = target;
      let reason: string;
      let message: DecodedMessage | undefined;
      try {
        message = target.decoder(payload, this.#options.limits);
        reason = message.samples.length === 0 ? "The message has no readings" : tooLarge;
      } catch (error) {
        reason = (error as Error).message;
        if (!(error instanceof DecodeError)) {
          // A fault of ours; one message must not end the gateway for all.
          this.#options.logger.error({ err: error, topic }, "a decoder failed");
        }
      }
      if (message?.effects !== undefined) {
        return this.#processEffects(lane, message, message.effects, topic, payload, onDurable, owner, packetId);
      }
      if (message !== undefined && message.samples.length > 0) {
        const n = this.#options.recordWriter.event(lane, message, onDurable, owner, packetId);
        if (n > 0) return n;
      }
      this.#quarantine(lane.device, reason, topic, payload, onDurable, owner, packetId);
    } else if (target.kind === "reply") {
      const { device, commandId } = target;
      const wrong = this.#options.replies.reply(device, commandId, payload, onDurable, owner, packetId);
      if (wrong !== undefined) this.#quarantine(device, wrong, topic, payload, onDurable, owner, packetId);
    } else {
      this.#quarantine(target.device, target.reason, topic, payload, onDurable, owner, packetId);
    }
    return 0;
  }

  /** All records of a message are in one group commit, and behind them who waits for it. */
  #processEffects(
    lane: DeviceLane,
    message: DecodedMessage,
    { presence, publish, quarantine, lost, ignored }: MessageEffects,
    topic: string,
    payload: Uint8Array,
    onDurable: DurableCallback | undefined,
    owner: Owner,
    packetId: number | undefined,
  ): number {
    const { recordWriter, commit, metrics } = this.#options;
    const n = message.samples.length > 0 ? recordWriter.event(lane, message, undefined) : 0;
    const reason = message.samples.length > 0 && n === 0 ? tooLarge : quarantine;
    if (reason !== undefined) this.#quarantine(lane.device, reason, topic, payload);
    if (presence !== undefined) for (const report of presence) this.#report(report);
    if (lost !== undefined) metrics.lostBefore.inc(lost);
    if (ignored !== undefined) metrics.ignored.labels({ reason: ignored }).inc();
    if (publish !== undefined) for (const publication of publish) this.#publish(publication);
    commit.afterCommit(onDurable, owner, packetId);
    return n;
  }

  #report(report: PresenceReport): void {
    const { device, online, session, reason } = report;
    const { recordWriter, metrics, onPresence } = this.#options;
    if (whatIsWrongWith(device) !== undefined) {
      metrics.refused.labels({ reason: "presence-of-no-device" }).inc();
      return;
    }
    recordWriter.presence(
      online
        ? { device, session, connected: { clientId: "", address: "", cleanSession: false } }
        : { device, session, disconnected: { reason } },
    );
    onPresence?.(report);
  }

  #publish(publication: Publication): void {
    this.#options.metrics.askedBack.inc();
    this.#options.publish(publication);
  }

  #quarantine(
    device: string,
    reason: string,
    mqttTopic: string,
    payload: Uint8Array,
    onDurable?: DurableCallback,
    owner?: Owner,
    packetId?: number,
  ): void {
    this.#options.recordWriter.quarantine({ device, reason, payload, mqttTopic }, onDurable, owner, packetId);
  }
}
