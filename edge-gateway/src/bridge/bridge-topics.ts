import type { GatewayMetrics } from "../gateway-metrics.ts";
import { type FirmwareTopics, type Routes, TopicPattern } from "@headwater/decode";
import { topicOfContent } from "../pipeline/commit/content-format.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import {
  correlatedTarget,
  replyTarget,
  routedTarget,
  unrouted,
  type MessageTarget,
} from "../pipeline/commit/message-target.ts";
import type { CommandSpec } from "./bridge-spec.ts";
import type { InboundMessage } from "./remote-broker.ts";

/** What becomes of the messages of a topic on a bridge. */
export type BridgeTarget =
  | {
      readonly target: MessageTarget;
      /** The device that can be reached behind the broker, since it says this. */
      readonly heard: string | undefined;
      readonly ignored?: undefined;
    }
  | { readonly target?: undefined; readonly ignored: { inc(): void } };

export interface BridgeTopicsOptions {
  readonly routes: Routes;
  readonly firmware: FirmwareTopics;
  readonly recordWriter: RecordWriter;
  readonly commands: CommandSpec | undefined;
  /** Whether the device was sent this command. */
  readonly isCommandOf: (device: string, commandId: string) => boolean;
  readonly ignoresUnrouted: boolean;
  readonly metrics: GatewayMetrics;
}

type TopicOfMessage = Pick<InboundMessage, "topic" | "contentType" | "correlationData">;

/** Topics whose target is remembered. */
const maxTopics = 50_000;

/** The meaning of a broker's topics: replies to commands, commands that come back, and telemetry by the routes. */
export class BridgeTopics {
  readonly #options: BridgeTopicsOptions;
  readonly #known = new Map<string, BridgeTarget>();
  readonly #command: TopicPattern | undefined;
  readonly #reply: TopicPattern | undefined;

  constructor(options: BridgeTopicsOptions) {
    this.#options = options;
    if (options.commands === undefined) return;
    this.#command = new TopicPattern(options.commands.topic);
    this.#reply = new TopicPattern(options.commands.reply);
  }

  /**
   * Where the topic leaves the format open, the content type of MQTT 5 says it; and of a reply its correlation data
   * says to which command.
   */
  find({ topic, contentType, correlationData }: TopicOfMessage): BridgeTarget {
    const found = this.#find(topic);
    if (correlationData !== undefined && found.target?.kind === "reply") {
      const target = correlatedTarget(found.target, topic, correlationData, this.#options.isCommandOf);
      return target === found.target ? found : { target, heard: undefined };
    }
    if (contentType === undefined || found.target?.kind !== "telemetry") return found;
    const other = topicOfContent(topic, contentType, undefined);
    return other === topic ? found : this.#find(other);
  }

  #find(topic: string): BridgeTarget {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    if (this.#known.size >= maxTopics) this.#known.clear();
    const found = this.#settle(topic);
    this.#known.set(topic, found);
    return found;
  }

  #settle(topic: string): BridgeTarget {
    const { routes, firmware, recordWriter, ignoresUnrouted, metrics } = this.#options;
    const levels = topic.split("/");
    const reply = this.#reply?.match(levels);
    if (reply !== undefined)
      return { target: replyTarget(topic, reply.get("device")!, reply.get("commandId")!), heard: undefined };
    // A broad subscription brings back what this gateway, or another one, told a device.
    if (this.#command?.match(levels) !== undefined)
      return { ignored: metrics.ignored.labels({ reason: "command-of-a-gateway" }) };
    const target = routedTarget(routes, recordWriter, topic, undefined);
    if (target?.kind === "telemetry") return { target, heard: target.lane.device };
    if (target === undefined && firmware.has(topic))
      return { ignored: metrics.ignored.labels({ reason: "topic-of-firmware" }) };
    if (target === undefined && ignoresUnrouted) return { ignored: metrics.ignored.labels({ reason: "no-route" }) };
    return { target: target ?? unrouted(topic, undefined), heard: undefined };
  }
}
