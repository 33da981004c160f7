import type { Logger } from "@headwater/core";
import { crc32 } from "node:zlib";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { GroupCommit } from "../pipeline/commit/group-commit.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import type { MessageProcessor } from "../pipeline/commit/message-processor.ts";
import type { MessageTarget } from "../pipeline/commit/message-target.ts";
import { unacknowledged, type Owner, type DurableCallback } from "../pipeline/batch/record-batch.ts";
import { Qos2Journal } from "../pipeline/redelivery/qos2-journal.ts";
import type { RecentJournal } from "../pipeline/redelivery/recent-journal.ts";
import type { RecentPublishes } from "../pipeline/redelivery/recent-publishes.ts";
import type { BridgeSpec } from "./bridge-spec.ts";
import type { BridgeTopics } from "./bridge-topics.ts";
import type { BrokerConnection, InboundMessage } from "./broker-connection.ts";
import type { HeardDevices } from "./heard-devices.ts";

export interface InboundOptions {
  readonly spec: BridgeSpec;
  /** Names the session at the broker in the journals. */
  readonly session: string;
  readonly sessionPresent: boolean;
  readonly connection: BrokerConnection;
  readonly recordWriter: RecordWriter;
  readonly commit: GroupCommit;
  readonly journal: Qos2Journal;
  readonly recent: RecentJournal;
  /** What the session sent last. */
  readonly sent: RecentPublishes;
  readonly topics: BridgeTopics;
  readonly processor: MessageProcessor;
  readonly heard: HeardDevices | undefined;
  readonly metrics: GatewayMetrics;
  /** Counts a message of this bridge. */
  readonly received: { inc(): void };
  readonly logger: Logger;
}

/** The most that a broker may send without an acknowledgement, as far as it is remembered. */
const largestWindow = 4096;
/** What waits for room, of one connection, at most (bytes). */
const maxWaitingBytes = 64 * 1024 * 1024;

/**
 * The messages of one connection to a broker, from their arrival to their acknowledgement. Nothing is acknowledged
 * before it is durable; how many may wait is the broker's to keep to, by its window.
 */
export class Inbound implements Owner {
  unacked = 0;
  readonly #options: InboundOptions;
  #acks: number[] = [];
  /** Messages that wait for room, in order, from `#next` on. */
  #waiting: InboundMessage[] = [];
  #next = 0;
  #waitingBytes = 0;
  #closed = false;
  /**
   * While the broker sends again what it has no acknowledgement of. It does so first, in order and with the same
   * identifiers, but Mosquitto without DUP; an identifier alone means nothing at a broker that gives it to the next
   * message, so that is trusted only where they rise.
   */
  #replaying: boolean;
  readonly #takeNext = (): void => this.#takeWaiting();

  constructor(options: InboundOptions) {
    this.#options = options;
    const { sent, spec } = options;
    // What the broker may have no acknowledgement of is more than what waits here.
    sent.growTo(largestWindow);
    this.#replaying = options.sessionPresent && sent.rises(spec.receiveMaximum);
  }

  message(message: InboundMessage): void {
    const { recordWriter, metrics, received, spec } = this.#options;
    metrics.received.inc();
    metrics.receivedBytes.inc(message.payload.length);
    received.inc();
    if (message.qos === 0 && this.unacked >= spec.receiveMaximum) {
      // Nobody promised that it arrives; what is promised has its place.
      metrics.refused.labels({ reason: "bridge-overflow" }).inc();
      return;
    }
    this.unacked += 1;
    if (recordWriter.accepting) {
      this.#take(message);
      return;
    }
    this.#waiting.push(message);
    this.#waitingBytes += message.payload.length;
    if (this.#waitingBytes > maxWaitingBytes) {
      this.#options.connection.cut({
        kind: "too-much-unacknowledged",
        text: "The broker sends more than the gateway can hold; lower receiveMaximum, or the broker's own window",
      });
      return;
    }
    recordWriter.whenAccepting(this.#takeNext);
  }

  /** PUBREL. */
  release(packetId: number): void {
    const { journal, connection, session, logger } = this.#options;
    journal.release(Qos2Journal.token(session, packetId)).then(
      () => connection.complete(packetId),
      (error: unknown) => logger.debug({ err: error }, "a release was not noted: it will be repeated"),
    );
  }

  /** The connection is gone: what waits comes again, and no acknowledgement goes out. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#next = 0;
    this.#waitingBytes = 0;
  }

  acked(packetId: number): boolean {
    // At QoS 0 and 2 it is only counted down: nobody waits, or a callback answers.
    return packetId !== 0 && this.#acks.push(packetId) === 1;
  }

  sendAcks(): void {
    const acks = this.#acks;
    this.#acks = [];
    this.#options.sent.heardAt = Date.now();
    if (!this.#closed) this.#options.connection.acknowledge(acks);
  }

  #takeWaiting(): void {
    const message = this.#waiting[this.#next];
    if (message === undefined) return;
    this.#next += 1;
    this.#waitingBytes -= message.payload.length;
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    }
    this.#take(message);
  }

  #take(message: InboundMessage): void {
    const { commit, journal, sent, spec, topics, metrics, session } = this.#options;
    const { topic, payload, qos, packetId } = message;
    const found = topics.find(topic);
    const ignored =
      message.retain && !spec.takesRetained ? metrics.ignored.labels({ reason: "retained" }) : found.ignored;
    const onDurable = qos === 1 ? undefined : qos === 0 ? noop : () => this.#answerQos2(packetId);
    if (ignored !== undefined || found.ignored !== undefined) {
      (ignored ?? found.ignored)!.inc();
      // In its turn: acknowledgements keep the order of the messages.
      commit.afterCommit(onDurable, this, packetId);
      return;
    }
    const { target, heard } = found;
    let token: string | undefined;
    let hash = 0;
    if (qos === 1) {
      hash = crc32(payload, target.topicHash);
      if ((message.dup || this.#replaying) && sent.has(packetId, hash)) {
        metrics.redelivered.labels({ qos: "1" }).inc();
        // What is sent again now may be sent again once more.
        this.#remember(packetId, hash, 0, 0);
        commit.afterCommit(onDurable, this, packetId);
        return;
      }
      this.#replaying = false;
    } else if (qos === 2) {
      token = Qos2Journal.token(session, packetId);
      if (journal.has(token)) {
        metrics.redelivered.labels({ qos: "2" }).inc();
        commit.afterCommit(onDurable, this, packetId);
        return;
      }
    }
    if (heard !== undefined && !message.retain) this.#options.heard?.heard(heard);
    const n = this.#write(target, message, onDurable);
    const partition = target.kind === "telemetry" ? target.lane.partition : 0;
    if (token !== undefined) {
      const arrival = { token, partition, n };
      commit.open.qos2.push(arrival);
      journal.remember(arrival);
    } else if (qos === 1) {
      this.#remember(packetId, hash, partition, n);
    }
  }

  #remember(packetId: number, hash: number, partition: number, n: number): void {
    const { sent, recent } = this.#options;
    sent.add(packetId, hash);
    if (sent.lasting) recent.note(sent, packetId, hash, partition, n);
  }

  #write(
    target: MessageTarget,
    { topic, payload, qos, packetId, omitted }: InboundMessage,
    onDurable: DurableCallback | undefined,
  ): number {
    const { processor } = this.#options;
    const id = qos === 0 ? unacknowledged : packetId;
    if (omitted === 0) return processor.process(target, topic, payload, onDurable, this, id);
    const { maxPacketBytes } = this.#options.spec;
    const reason = `The packet is larger than ${maxPacketBytes} bytes; the last ${omitted} are left out here`;
    const device = target.kind === "telemetry" ? target.lane.device : target.device;
    const asideTarget = { kind: "unrouted", device, reason, topicHash: target.topicHash } as const;
    return processor.process(asideTarget, topic, payload, onDurable, this, id);
  }

  #answerQos2(packetId: number): void {
    if (!this.#closed) this.#options.connection.received(packetId);
  }
}

function noop(): void {
  // At QoS 0 nobody waits.
}
