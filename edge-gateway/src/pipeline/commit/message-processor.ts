import { DecodeError, type Logger } from "@headwater/core";
import type { DecodedMessage, DecodeLimits, MessageEffects, PresenceReport, Publication } from "@headwater/decode";
import { crc32 } from "node:zlib";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import type { AnswerToCommand, AwaitedAnswers } from "../../commands/dialects/awaited-answers.ts";
import { Qos2Journal } from "../redelivery/qos2-journal.ts";
import type { RecentJournal } from "../redelivery/recent-journal.ts";
import type { RefusalLog } from "../../refusal-log.ts";
import type { Acknowledgement } from "./acknowledgement.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { IncomingMessage } from "./incoming-message.ts";
import { whatIsWrongWith, type MessageTarget, type TelemetryTarget } from "./message-target.ts";
import { withUserProperties } from "./user-properties.ts";
import type { RecordWriter } from "./record-writer.ts";

export interface ReplyHandler {
  /** Takes a device's reply to a command. Answers with what is wrong if it cannot; nothing was written then. */
  reply(device: string, commandId: string, payload: Uint8Array, acknowledgement: Acknowledgement): string | undefined;
  /** Whether the device was sent this command; while that is not known, whether it can have been. */
  isCommandOf(device: string, commandId: string): boolean;
  /** Takes what a device said in answer to a command, in the words of its firmware. */
  answered(device: string, answer: AnswerToCommand): void;
}

/** Who may answer commands in the words of a firmware. */
interface Answering {
  readonly device: string | undefined;
  readonly answers: AwaitedAnswers | undefined;
}

export interface MessageProcessorOptions {
  readonly recordWriter: RecordWriter;
  readonly commit: GroupCommit;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  readonly limits: DecodeLimits;
  readonly replies: ReplyHandler;
  /** Publishes on the broker that the messages come from, once. May be lost. */
  readonly publish: (publication: Publication) => void;
  /** Told which devices came and went by the content of messages. */
  readonly onPresence?: (report: PresenceReport) => void;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  readonly logger: Logger;
}

/** Where what is set aside is not the message as it came. */
interface SetAside {
  readonly topic?: string;
  readonly payload?: Uint8Array | undefined;
}

const tooLarge = "The message is too large to be one event";

/**
 * Turns one message into an event, a reply to a command or a record in quarantine, and heeds its other effects. It is
 * acknowledged once, when all of that is durable; a message that is sent again is recognised and taken once. One
 * processor for each broker that messages come from.
 */
export class MessageProcessor {
  readonly #options: MessageProcessorOptions;
  readonly #repeated: { readonly qos1: { inc(): void }; readonly qos2: { inc(): void } };

  constructor(options: MessageProcessorOptions) {
    this.#options = options;
    const { redelivered } = options.metrics;
    this.#repeated = { qos1: redelivered.labels({ qos: "1" }), qos2: redelivered.labels({ qos: "2" }) };
  }

  /** Whether the message was sent before and taken then: if so, it is counted, and acknowledged in its turn. */
  isRepeated(target: MessageTarget, message: IncomingMessage): boolean {
    const { commit, journal } = this.#options;
    if (message.qos === 1) {
      message.hash = crc32(message.payload, target.topicHash);
      if (!message.maybeRepeated || !message.recent!.has(message.packetId, message.hash)) return false;
      this.#repeated.qos1.inc();
      // A message that is sent again now may be sent again once more.
      this.#noteRecent(message, 0, 0);
    } else if (message.qos === 2) {
      message.token = Qos2Journal.token(message.session, message.packetId);
      if (!journal.has(message.token)) return false;
      this.#repeated.qos2.inc();
    } else return false;
    commit.afterCommit(message);
    return true;
  }

  /**
   * Takes a message that is not repeated; the caller has made sure that the record writer has room. Answers with the n
   * of its event, or 0 if it became none.
   */
  process(target: MessageTarget, message: IncomingMessage): number {
    const n = this.#write(target, message);
    const partition = target.kind === "telemetry" ? target.lane.partition : 0;
    if (message.qos === 1) this.#noteRecent(message, partition, n);
    else if (message.qos === 2) this.#noteArrival(message.token, partition, n);
    return n;
  }

  /** Whether it answers a command, whatever else it is: in the group commit of the message itself. */
  hearAnswer({ device, answers }: Answering, { topic, payload }: Pick<IncomingMessage, "topic" | "payload">): void {
    const answer = answers?.hear(topic, payload);
    if (answer !== undefined && device !== undefined) this.#options.replies.answered(device, answer);
  }

  /** A message that holds nothing to keep: acknowledged in its turn. */
  ignore(reason: string, message: IncomingMessage): void {
    this.#options.metrics.ignored.labels({ reason }).inc();
    this.#options.commit.afterCommit(message);
  }

  #noteRecent({ recent, packetId, hash }: IncomingMessage, partition: number, n: number): void {
    recent!.add(packetId, hash);
    if (recent!.lasting) this.#options.recent.note(recent!, packetId, hash, partition, n);
  }

  /** What became no event has no identity: a witness has one in its place, for as long as there is room. */
  #noteArrival(token: string, partition: number, n: number): void {
    const { commit, recordWriter } = this.#options;
    const known = n > 0 || !commit.hasReserve ? n : recordWriter.laneWriter.witness(partition);
    commit.noteArrival({ token, partition, n: known });
  }

  /** Answers with the n of the event, or 0 if the message became none. */
  #write(target: MessageTarget, message: IncomingMessage): number {
    if (target.kind === "telemetry") return this.#writeTelemetry(target, message);
    if (target.kind === "reply") {
      const { device, commandId } = target;
      const wrong = this.#options.replies.reply(device, commandId, message.payload, message);
      if (wrong !== undefined) this.#quarantine(device, wrong, message, message);
    } else {
      this.#quarantine(target.device, target.reason, message, message);
    }
    return 0;
  }

  #writeTelemetry(target: TelemetryTarget, message: IncomingMessage): number {
    const { lane, topic } = target;
    const { limits, recordWriter, logger } = this.#options;
    if (message.isClear) return this.#ignore(message, "retained-clear");
    let reason: string;
    let decoded: DecodedMessage | undefined;
    try {
      decoded = target.decoder(message.payload, limits);
      if (target.userProperties !== undefined && message.userProperties !== undefined)
        decoded = withUserProperties(decoded, target.userProperties, message.userProperties);
      reason = decoded.samples.length === 0 ? "The message has no readings" : tooLarge;
    } catch (error) {
      reason = (error as Error).message;
      if (!(error instanceof DecodeError)) {
        // A defect of the decoder; one message must not end the gateway for all.
        logger.error({ err: error, topic: message.topic }, "a decoder failed");
      }
    }
    if (decoded?.effects !== undefined) return this.#writeWithEffects(target, message, decoded, decoded.effects);
    if (decoded !== undefined && decoded.samples.length > 0) {
      const n = recordWriter.laneWriter.event(lane, decoded, message);
      if (n > 0) return n;
    }
    this.#quarantine(lane.device, reason, message, message, { topic });
    return 0;
  }

  /** All records of a message are in one group commit, and its acknowledgement is behind them. */
  #writeWithEffects(
    { lane, topic }: TelemetryTarget,
    message: IncomingMessage,
    decoded: DecodedMessage,
    { presence, publish, quarantine, quarantined, lost, ignored }: MessageEffects,
  ): number {
    const { recordWriter, commit, metrics } = this.#options;
    const n = decoded.samples.length > 0 ? recordWriter.laneWriter.event(lane, decoded) : 0;
    if (decoded.samples.length > 0 && n === 0) this.#quarantine(lane.device, tooLarge, message, undefined, { topic });
    else if (quarantine !== undefined)
      this.#quarantine(lane.device, quarantine, message, undefined, { topic, payload: quarantined });
    if (presence !== undefined) for (const report of presence) this.#report(report);
    if (lost !== undefined) metrics.lostBefore.inc(lost);
    if (ignored !== undefined) metrics.ignored.labels({ reason: ignored }).inc();
    commit.afterCommit(message);
    if (publish !== undefined) for (const publication of publish) this.#publish(publication);
    return n;
  }

  #ignore(message: IncomingMessage, reason: string): number {
    const { commit, metrics } = this.#options;
    metrics.ignored.labels({ reason }).inc();
    commit.afterCommit(message);
    return 0;
  }

  #report(report: PresenceReport): void {
    const { device, online, session, reason } = report;
    const { recordWriter, refusals, onPresence } = this.#options;
    if (whatIsWrongWith(device) !== undefined) {
      const text = "presence of what can be no device was left out";
      refusals.add("record", "presence-of-no-device", { device: device.slice(0, 256) }, text);
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
    message: IncomingMessage,
    acknowledgement?: Acknowledgement,
    { topic: mqttTopic = message.topic, payload = message.payload }: SetAside = {},
  ): void {
    message.owner?.remark?.(message.packetId, { quarantined: reason });
    this.#options.recordWriter.quarantine({ device, reason, payload, mqttTopic }, acknowledgement);
  }
}
