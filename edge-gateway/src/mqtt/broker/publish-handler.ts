import type { Client, PublishPacket } from "aedes";
import { RequestError } from "@headwater/core";
import type { RefusalLog } from "../../refusal-log.ts";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import { unacknowledged, type DurableCallback } from "../../pipeline/commit/acknowledgement.ts";
import { IncomingMessage } from "../../pipeline/commit/incoming-message.ts";
import type { MessageProcessor } from "../../pipeline/commit/message-processor.ts";
import { correlatedTarget, type MessageTarget, type TelemetryTarget } from "../../pipeline/commit/message-target.ts";
import type { UserProperties } from "../../pipeline/commit/user-properties.ts";
import { connectionOf, type Connection } from "./connection.ts";
import type { RequestMessage } from "./correlation.ts";
import { topicOfContent } from "../../pipeline/commit/content-format.ts";
import { findTarget, type IgnoredTarget, type Sender, type Target, type TargetsOptions } from "./targets.ts";

export interface PublishHandlerOptions extends TargetsOptions {
  readonly processor: MessageProcessor;
  /** Whether a device was sent this command. */
  readonly isCommandOf: (device: string, commandId: string) => boolean;
  /** A device asks for the time. */
  readonly onTimeAsked: (connection: Connection, device: string, request: RequestMessage) => void;
  /** Whether the broker may have to pass the message on. */
  readonly hasSubscriber: (connection: Connection, topic: string) => boolean;
  /** What to call when it was taken, and is to be passed on and acknowledged in its turn. */
  readonly passOnFirst: (client: Client | null, packet: PublishPacket, done: DurableCallback) => DurableCallback;
  /** The broker passes this message on to nobody. */
  readonly withhold: (packet: object) => void;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
}

/** aedes' types leave out what its parser always sets. */
export interface Publish {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly dup: boolean;
  readonly messageId?: number;
  /** Of MQTT 5. */
  readonly properties?: {
    readonly contentType?: string;
    readonly correlationData?: Buffer;
    readonly userProperties?: UserProperties;
  };
}

/**
 * What happens to a PUBLISH before it is acknowledged: the broker's asynchronous authorization, which comes before the
 * PUBACK or PUBREC. It calls back once the message is durable, with its whole group commit; a message that is not
 * allowed closes the connection, since 3.1.1 has no other way to say so but by acknowledging what nobody kept.
 */
export class PublishHandler {
  readonly #options: PublishHandlerOptions;
  /** Filled anew for each message. */
  readonly #message = new IncomingMessage();
  readonly #find = (topic: string, sender: Sender): Target => findTarget(this.#options, topic, sender);

  constructor(options: PublishHandlerOptions) {
    this.#options = options;
  }

  /** aedes' authorizePublish. */
  handle(client: Client | null, packet: PublishPacket, done: DurableCallback): void {
    const connection = client === null ? undefined : connectionOf(client);
    if (connection === undefined) {
      done(new RequestError(403, "no-login", "A message without a login"));
      return;
    }
    const publish = packet as unknown as Publish;
    const { metrics, recordWriter } = this.#options;
    metrics.received.inc();
    metrics.receivedBytes.inc(publish.payload.length);
    const target = this.#targetOf(connection, publish);
    if (target.kind === "forbidden") {
      this.#forbid(connection, publish.topic, this.#options.passOnFirst(client, packet, done));
      return;
    }
    const isUnheard = publish.qos === 1 && !this.#options.hasSubscriber(connection, publish.topic);
    if (target.kind === "relay") {
      if (isUnheard && packet.retain !== true && connection.isVersion5) {
        const { acknowledgements } = connection;
        acknowledgements.inTurn(1)(() => acknowledgements.heardByNobody(publish.messageId!));
      } else this.#options.passOnFirst(client, packet, done)();
      return;
    }
    const isClear = packet.retain && publish.payload.length === 0;
    // The log remembers: what becomes a record is not retained beside it.
    if (packet.retain) packet.retain = false;
    if (target.kind === "time") {
      this.#options.onTimeAsked(connection, target.device, publish);
      this.#options.passOnFirst(client, packet, done)();
      return;
    }
    if (target.kind === "ignored" && !target.passedOn) this.#options.withhold(packet);
    connection.unacked += 1;
    // The common message needs nothing more of the broker: its acknowledgement goes out with those of its group commit.
    if (isUnheard) connection.unheard += 1;
    const onDurable = isUnheard ? undefined : this.#options.passOnFirst(client, packet, done);
    if (recordWriter.accepting) this.#take(connection, target, publish, isClear, onDurable);
    else recordWriter.whenAccepting(() => this.#take(connection, target, publish, isClear, onDurable));
  }

  /**
   * Where messages of QoS 1 of that topic go if it is nobody's but the log's, so that nothing is left to do for the
   * broker; otherwise undefined.
   */
  unheardTarget(connection: Connection, topic: string): TelemetryTarget | undefined {
    const target = connection.target(topic, this.#find);
    return target.kind !== "telemetry" || this.#options.hasSubscriber(connection, topic) ? undefined : target;
  }

  /** Takes a message of such a target while the record writer accepts; the connection acknowledges it once durable. */
  takeUnheard(connection: Connection, target: TelemetryTarget, publish: Publish): void {
    connection.unacked += 1;
    connection.unheard += 1;
    this.#take(connection, target, publish, false, undefined);
  }

  /** A last will: taken like a message, but nobody waits for an acknowledgement. */
  will(
    connection: Connection,
    packet: Pick<Publish, "topic" | "payload" | "properties"> & { retain?: boolean },
  ): boolean {
    const target = this.#targetOf(connection, packet);
    if (target.kind === "forbidden") return false;
    if (target.kind === "relay") return true;
    const isClear = packet.retain === true && packet.payload.length === 0;
    packet.retain = false;
    if (target.kind === "time") return true;
    if (target.kind === "ignored" && !target.passedOn) this.#options.withhold(packet);
    connection.unacked += 1;
    const { topic, payload, properties = {} } = packet;
    this.#take(connection, target, { topic, payload, properties, qos: 0, dup: false }, isClear, noop);
    return true;
  }

  /**
   * Where its topic leaves the format open, the content type of MQTT 5 says it; and of a reply its correlation data
   * says to which command.
   */
  #targetOf(connection: Connection, { topic, properties }: Pick<Publish, "topic" | "properties">): Target {
    const target = connection.target(topic, this.#find);
    if (properties === undefined) return target;
    const { contentType, correlationData } = properties;
    if (target.kind === "reply" && correlationData !== undefined)
      return correlatedTarget(target, topic, correlationData, this.#options.isCommandOf);
    if (contentType === undefined || target.kind !== "telemetry") return target;
    const other = topicOfContent(topic, contentType, connection.device);
    return other === topic ? target : connection.target(other, this.#find);
  }

  mayPublish(sender: Sender, topic: string): boolean {
    return this.#find(topic, sender).kind !== "forbidden";
  }

  #take(
    connection: Connection,
    target: MessageTarget | IgnoredTarget,
    publish: Publish,
    isClear: boolean,
    callback: DurableCallback | undefined,
  ): void {
    const message = this.#message;
    message.isClear = isClear;
    message.topic = publish.topic;
    message.payload = publish.payload;
    message.qos = publish.qos;
    message.userProperties = publish.properties?.userProperties;
    message.packetId = publish.qos === 0 ? unacknowledged : publish.messageId!;
    message.maybeRepeated = publish.dup;
    message.session = connection.client.id;
    message.recent = connection.recent;
    message.owner = connection;
    message.callback = callback;
    if (publish.qos === 1) connection.recent.growTo(connection.unacked);
    const { processor } = this.#options;
    if (target.kind === "ignored") {
      if (connection.answers !== undefined) processor.hearAnswer(connection, publish);
      processor.ignore(target.reason, message);
    } else if (!processor.isRepeated(target, message)) {
      if (connection.answers !== undefined) processor.hearAnswer(connection, publish);
      processor.process(target, message);
    }
  }

  #forbid(connection: Connection, topic: string, done: DurableCallback): void {
    const isDenied = connection.permissions.isDenied(topic);
    this.#options.refusals.add(
      "message",
      "topic",
      { ...connection.who, topic: topic.slice(0, 256) },
      isDenied
        ? "a message to a topic that a rule denies is not taken; a connection of MQTT 3.1.1 is closed"
        : "a message to a topic that is not the device's own is not taken; a connection of MQTT 3.1.1 is closed",
    );
    done(new RequestError(403, "topic-not-allowed", "The topic is not the device's own"));
  }
}

function noop(): void {
  // A last will has nobody to tell.
}
