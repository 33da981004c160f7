import type { Client } from "aedes";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import type { TelemetryTarget } from "../../pipeline/commit/message-target.ts";
import type { RecordWriter } from "../../pipeline/commit/record-writer.ts";
import { hasBegun, internals, waitFor } from "./aedes-internals.ts";
import { connectionOf } from "./connection.ts";
import type { Publish, PublishHandler } from "./publish-handler.ts";

export interface DirectPublishesOptions {
  readonly publishes: Pick<PublishHandler, "unheardTarget" | "takeUnheard">;
  readonly recordWriter: Pick<RecordWriter, "accepting">;
  readonly metrics: Pick<GatewayMetrics, "received" | "receivedBytes">;
}

/** PUBLISH of QoS 1, not retained. */
const qos1 = 0x32;
const dup = 0x08;
const nothing = Buffer.alloc(0);

/**
 * The usual message goes past the broker: a PUBLISH of QoS 1 that nobody but the log hears, of a device that is in. It
 * is taken where it lies in the bytes that have passed the guard, without a packet of its own; the broker's parser and
 * its steps cost more than all that becomes of the message. Only what comes before all else that was read is taken, so
 * that packets keep their order, and the broker counts it as it counts its own: it reads on when that is acknowledged.
 */
export class DirectPublishes {
  readonly #options: DirectPublishesOptions;
  /** Filled anew for each message. */
  readonly #publish: { -readonly [Key in keyof Publish]: Publish[Key] } = {
    ...{ topic: "", payload: nothing, qos: 1, dup: false, messageId: 0 },
  };

  constructor(options: DirectPublishesOptions) {
    this.#options = options;
  }

  /**
   * Takes such messages from the first packet on, up to the first other one; answers with how many bytes they are.
   *
   * @param packets whole ones that the guard has passed
   */
  take(client: Client | undefined, packets: Buffer): number {
    if ((packets[0]! & ~dup) !== qos1 || client === undefined || !hasBegun(client)) return 0;
    const connection = connectionOf(client);
    if (connection?.device === undefined) return 0;
    const { publishes, recordWriter, metrics } = this.#options;
    const { isVersion5 } = connection;
    const publish = this.#publish;
    let target: TelemetryTarget | undefined;
    let [topicAt, topicEnd, at, count, payloadBytes] = [0, 0, 0, 0, 0];
    while (at < packets.length && (packets[at]! & ~dup) === qos1) {
      let body = at + 1;
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = packets[body]!;
        body += 1;
        length |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      const from = body + 2;
      const to = from + ((packets[body]! << 8) | packets[body + 1]!);
      // Properties change what becomes of a message.
      if (isVersion5 && packets[to + 2] !== 0) break;
      if (target === undefined || !isSame(packets, topicAt, topicEnd, from, to)) {
        publish.topic = packets.toString("utf8", from, to);
        target = publishes.unheardTarget(connection, publish.topic);
        if (target === undefined) break;
        [topicAt, topicEnd] = [from, to];
      }
      if (!recordWriter.accepting) break;
      const end = body + length;
      publish.payload = packets.subarray(isVersion5 ? to + 3 : to + 2, end);
      publish.messageId = (packets[to]! << 8) | packets[to + 1]!;
      publish.dup = (packets[at]! & dup) !== 0;
      publishes.takeUnheard(connection, target, publish);
      payloadBytes += publish.payload.length;
      count += 1;
      at = end;
    }
    if (count === 0) return 0;
    publish.payload = nothing;
    metrics.received.inc(count);
    metrics.receivedBytes.inc(payloadBytes);
    waitFor(client, count);
    internals(client)._keepaliveTimer?.refresh();
    return at;
  }
}

/** Whether two ranges hold the same bytes: the usual device has one topic. */
function isSame(bytes: Buffer, from: number, to: number, otherFrom: number, otherTo: number): boolean {
  if (to - from !== otherTo - otherFrom) return false;
  for (let i = 0; i < to - from; i += 1) if (bytes[from + i] !== bytes[otherFrom + i]) return false;
  return true;
}
