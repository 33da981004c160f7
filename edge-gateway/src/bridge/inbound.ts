import type { Logger } from "@headwater/core";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { GroupCommit } from "../pipeline/commit/group-commit.ts";
import { unacknowledged, type Owner } from "../pipeline/commit/acknowledgement.ts";
import { IncomingMessage } from "../pipeline/commit/incoming-message.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import type { MessageProcessor } from "../pipeline/commit/message-processor.ts";
import type { MessageTarget } from "../pipeline/commit/message-target.ts";
import { Qos2Journal } from "../pipeline/redelivery/qos2-journal.ts";
import type { RecentPublishes } from "../pipeline/redelivery/recent-publishes.ts";
import type { BridgeSpec } from "./bridge-spec.ts";
import type { BridgeTopics } from "./bridge-topics.ts";
import type { RemoteBroker, InboundMessage } from "./remote-broker.ts";
import type { RefusalLog } from "../refusal-log.ts";
import type { HeardDevices } from "./heard-devices.ts";

export interface InboundOptions {
  readonly spec: BridgeSpec;
  /** Names the session at the broker in the journals. */
  readonly session: string;
  readonly sessionPresent: boolean;
  readonly connection: RemoteBroker;
  readonly recordWriter: RecordWriter;
  readonly commit: GroupCommit;
  readonly journal: Qos2Journal;
  /** The QoS 1 messages that the session sent last. */
  readonly sent: RecentPublishes;
  readonly topics: BridgeTopics;
  readonly processor: MessageProcessor;
  readonly heard: HeardDevices | undefined;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  /** Counts a message of this bridge. */
  readonly received: { inc(): void };
  readonly logger: Logger;
}

/** The most that a broker may send without an acknowledgement, as far as it is remembered. */
const largestWindow = 4096;
/** Payloads of one connection that may wait for room (bytes). */
const maxWaitingBytes = 64 * 1024 * 1024;

/**
 * The messages of one connection to a broker, from their arrival to their acknowledgement. Nothing is acknowledged
 * before it is durable; how many may wait is the broker's to keep to, by its window.
 */
export class Inbound implements Owner {
  unacked = 0;
  readonly #options: InboundOptions;
  /** Filled anew for each message. */
  readonly #message = new IncomingMessage();
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
    // Messages without an acknowledgement at the broker are more than those that wait here.
    sent.growTo(largestWindow);
    this.#message.session = options.session;
    this.#message.recent = sent;
    this.#message.owner = this;
    this.#replaying = options.sessionPresent && sent.rises(spec.receiveMaximum);
  }

  message(message: InboundMessage): void {
    const { recordWriter, metrics, refusals, received, spec } = this.#options;
    metrics.received.inc();
    metrics.receivedBytes.inc(message.payload.length);
    received.inc();
    if (message.qos === 0 && this.unacked >= spec.receiveMaximum) {
      // QoS 0 promises nothing; messages that are promised keep their place.
      const text = "messages of QoS 0 are dropped: the bridge's window is full";
      refusals.add("message", "bridge-overflow", { client: spec.name }, text);
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

  /** The connection is gone: waiting messages are sent again, and no acknowledgement goes out. */
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

  #take(received: InboundMessage): void {
    const { commit, spec, topics, metrics, processor } = this.#options;
    const { topic, qos, packetId } = received;
    const message = this.#message;
    message.topic = topic;
    message.payload = received.payload;
    // A broker passes a clear on without its retain flag.
    message.isClear = received.payload.length === 0 && received.omitted === 0;
    message.qos = qos;
    message.userProperties = received.userProperties;
    message.packetId = qos === 0 ? unacknowledged : packetId;
    message.maybeRepeated = received.dup || this.#replaying;
    message.callback = qos === 1 ? undefined : qos === 0 ? noop : () => this.#answerQos2(packetId);
    const found = topics.find(received);
    const ignored =
      received.retain && !spec.takesRetained ? metrics.ignored.labels({ reason: "retained" }) : found.ignored;
    if (ignored !== undefined || found.ignored !== undefined) {
      (ignored ?? found.ignored)!.inc();
      // In its turn: acknowledgements keep the order of the messages.
      commit.afterCommit(message);
      return;
    }
    const { target, heard } = found;
    if (processor.isRepeated(target, message)) return;
    if (qos === 1) this.#replaying = false;
    if (heard !== undefined && !received.retain) this.#options.heard?.heard(heard);
    processor.process(received.omitted === 0 ? target : this.#cutOff(target, received.omitted), message);
  }

  /** A packet that is larger than the gateway takes goes to quarantine, as far as it is there. */
  #cutOff(target: MessageTarget, omitted: number): MessageTarget {
    const { maxPacketBytes } = this.#options.spec;
    const reason = `The packet is larger than ${maxPacketBytes} bytes; the last ${omitted} are left out here`;
    const device = target.kind === "telemetry" ? target.lane.device : target.device;
    return { kind: "unrouted", device, reason, topicHash: target.topicHash };
  }

  #answerQos2(packetId: number): void {
    if (!this.#closed) this.#options.connection.received(packetId);
  }
}

function noop(): void {
  // At QoS 0 nobody waits.
}
