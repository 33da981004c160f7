import { nowMicros } from "@headwater/core";
import type { MqttClient } from "mqtt";
import { secondsTo } from "../../commands/command-message.ts";
import type { OutboundMessage, Sending } from "../../bridge/remote-broker.ts";
import { BrokerBounds, type ToldBounds } from "./broker-bounds.ts";

type Settled = ((isAcked: boolean) => void) | undefined;

interface Waiting {
  readonly message: OutboundMessage;
  readonly settled: Settled;
}

/**
 * Messages to a broker, on one connection: none larger, of no higher QoS and no more of them unacknowledged than it
 * says that it takes. mqtt.js looks at none of that, and the broker would end the connection.
 */
export class OutgoingMessages {
  readonly #client: MqttClient;
  /** Identifiers of messages that the broker has not acknowledged. */
  readonly #unacknowledged = new Set<number>();
  /** For an acknowledgement of another. As many as there are commands under way. */
  #waiting: Waiting[] = [];
  #bounds = new BrokerBounds();

  constructor(client: MqttClient) {
    this.#client = client;
  }

  get bounds(): BrokerBounds {
    return this.#bounds;
  }

  /** CONNACK has come. */
  told(properties: ToldBounds | undefined): void {
    this.#bounds = new BrokerBounds(properties);
  }

  publish(message: OutboundMessage, settled?: Settled): Sending {
    if (!this.#bounds.takes(message)) return "too-large";
    if (message.qos === 0 || this.#bounds.maximumQos === 0) {
      this.#send({ ...message, qos: 0 }, undefined);
      return "sent";
    }
    if (this.#unacknowledged.size < this.#bounds.receiveMaximum) this.#send(message, settled);
    else this.#waiting.push({ message, settled });
    return "awaited";
  }

  /** A command that was under way is not sent again: whether it came, nobody knows. */
  forget(): void {
    this.#waiting = [];
    for (const id of this.#unacknowledged) this.#client.removeOutgoingMessage(id);
    this.#unacknowledged.clear();
  }

  #send({ topic, payload, qos, properties, deadline }: OutboundMessage, settled: Settled): void {
    const body = typeof payload === "string" ? payload : Buffer.from(payload);
    const left = deadline === undefined ? {} : { messageExpiryInterval: secondsTo(deadline) };
    let id = 0;
    // mqtt.js leaves properties out of a packet of 3.1.1.
    const options = { qos, retain: false, ...(properties && { properties: { ...properties, ...left } }) };
    this.#client.publish(topic, body, options, (error) => {
      const wasAwaited = this.#unacknowledged.delete(id);
      if (error == null) settled?.(true);
      if (wasAwaited) this.#sendNext();
    });
    if (qos === 1) {
      id = this.#client.getLastMessageId();
      this.#unacknowledged.add(id);
    }
  }

  /** What is too late by now is not sent any more. */
  #sendNext(): void {
    while (this.#waiting.length > 0 && this.#unacknowledged.size < this.#bounds.receiveMaximum) {
      const { message, settled } = this.#waiting.shift()!;
      if (message.deadline === undefined || nowMicros() < message.deadline) this.#send(message, settled);
      else settled?.(false);
    }
  }
}
