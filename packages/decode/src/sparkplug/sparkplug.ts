import { DecodeError } from "@headwater/core";
import type {
  MessageEffects,
  DecodedMessage,
  Decoder,
  DecodeLimits,
  DecoderOfTopic,
  PresenceReport,
  Publication,
  TopicMatch,
} from "../decoder.ts";
import { MessageBuilder } from "../message-builder.ts";
import type { RouteSpec } from "../routes.ts";
import { DeviceTemplate } from "../device-template.ts";
import { separatorOfNodes } from "./own-filters.ts";
import { EdgeNodes, type EdgeNode, type EdgeNodeLimits } from "./edge-nodes.ts";
import { MetricReader } from "./metric-reader.ts";
import { readPayload, rebirthCommand, type SparkplugPayload } from "./payload.ts";

export interface SparkplugOptions {
  /** Ids of edge nodes, from `{group}` and `{node}`. */
  readonly nodeId?: string;
  /** Ids of devices behind them, from `{group}`, `{node}` and `{edgeDevice}`. */
  readonly deviceId?: string;
  readonly limits?: EdgeNodeLimits;
  /** Between two requests for a rebirth to one node, milliseconds. */
  readonly rebirthEveryMs?: number;
  /** The wall clock, milliseconds. */
  readonly now?: () => number;
}

/** Sequence numbers go round. */
const seqModulus = 256;

/** Characters of a group, an edge node or a device. */
const maxIdLength = 128;

/**
 * Sparkplug B (specification 3.0): births with aliases, data, deaths. One of these per connection to a broker: it holds
 * what edge nodes said of themselves at birth, in bounded memory, and asks a node for a rebirth where it has to know
 * more, or lost messages.
 */
export class Sparkplug {
  readonly #nodes: EdgeNodes;
  readonly #nodeId: string;
  readonly #deviceId: string;
  readonly #idOfNode: DeviceTemplate;
  readonly #idOfDevice: DeviceTemplate;
  readonly #rebirthEveryMs: number;
  readonly #now: () => number;

  constructor({
    nodeId = "{group}:{node}",
    deviceId = "{group}:{node}:{edgeDevice}",
    limits,
    rebirthEveryMs = 30_000,
    now = Date.now,
  }: SparkplugOptions = {}) {
    this.#nodes = new EdgeNodes(limits);
    this.#nodeId = nodeId;
    this.#deviceId = deviceId;
    this.#idOfNode = new DeviceTemplate(nodeId, separatorOfNodes);
    this.#idOfDevice = new DeviceTemplate(deviceId, separatorOfNodes);
    this.#rebirthEveryMs = rebirthEveryMs;
    this.#now = now;
  }

  /** The known edge nodes, for metrics and tests. */
  get nodes(): { readonly size: number; readonly metrics: number } {
    return this.#nodes;
  }

  routes(): readonly RouteSpec[] {
    const decoderOf: DecoderOfTopic = (match) => this.#decoderOf(match);
    const againOf: DecoderOfTopic = (match) => this.#againOf(match);
    return [
      {
        pattern: "spBv1.0/STATE/{host}",
        decoder: () => ({ samples: [], effects: { ignored: "state-of-a-host" } }),
        device: "sparkplug-host:{host}",
      },
      {
        pattern: "spBv1.0/{group}/{type}/{node}",
        decoderOf,
        againOf,
        device: this.#nodeId,
        reserved: separatorOfNodes,
      },
      {
        pattern: "spBv1.0/{group}/{type}/{node}/{edgeDevice}",
        decoderOf,
        againOf,
        device: this.#deviceId,
        sender: this.#nodeId,
        reserved: separatorOfNodes,
      },
    ];
  }

  /**
   * Of a message that came before. Data is read by the birth that is known now, which mostly came since, because the
   * message asked for it; all others stand for themselves.
   */
  #againOf(match: TopicMatch): Decoder {
    const { device, key } = scopeOf(match);
    const type = match.names.get("type")!;
    if (type !== (device === undefined ? "NDATA" : "DDATA")) return new Sparkplug().#decoderOf(match);
    return (payload, limits) => {
      const { timestamp, metrics } = readPayload(payload, limits.maxReadings);
      const node = this.#nodes.known(key);
      const reader = new MetricReader(new MessageBuilder(limits), timestamp);
      reader.data(metrics, device === undefined ? node?.birth : node?.devices.get(device));
      if (reader.unread > 0 && reader.builder.isEmpty) throw new DecodeError(reader.reason);
      if (reader.unread > 0) return reader.builder.finish({ quarantine: reader.reason });
      return reader.builder.finishOrIgnore("no-values");
    };
  }

  #decoderOf(match: TopicMatch): Decoder {
    const scope = scopeOf(match);
    const type = match.names.get("type")!;
    if ([scope.group, scope.node, scope.device ?? ""].some((id) => id.length > maxIdLength)) {
      return () => {
        throw new DecodeError(`A Sparkplug id has more than ${maxIdLength} characters`);
      };
    }
    const forDevice = scope.device !== undefined;
    switch (type) {
      case forDevice ? "DCMD" : "NCMD":
        return () => ({ samples: [], effects: { ignored: "command-of-a-host" } });
      case forDevice ? "DBIRTH" : "NBIRTH":
        return (payload, limits) => this.#birth(scope, payload, limits);
      case forDevice ? "DDATA" : "NDATA":
        return (payload, limits) => this.#data(scope, payload, limits);
      case forDevice ? "DDEATH" : "NDEATH":
        return (payload, limits) => this.#death(scope, payload, limits);
      default:
        return () => {
          throw new DecodeError(
            `${type.slice(0, 32)} is no message of a Sparkplug ${forDevice ? "device" : "edge node"}`,
          );
        };
    }
  }

  #birth(scope: Scope, bytes: Uint8Array, limits: DecodeLimits): DecodedMessage {
    const payload = readPayload(bytes, limits.maxReadings);
    const reader = new MetricReader(new MessageBuilder(limits), payload.timestamp);
    reader.birth(payload.metrics);
    const node = this.#nodes.heard(scope.key);
    const presence: PresenceReport[] = [];
    let sequence: Sequence = { lost: 0, late: false };
    if (scope.device === undefined) {
      // A birth under another bdSeq begins a new session; a death of the old one may never have come.
      if (node.birth !== undefined && node.bdSeq !== reader.bdSeq)
        presence.push(...this.#allGone(scope, node, "superseded", payload));
      if (node.birth === undefined || node.bdSeq !== reader.bdSeq)
        presence.push(this.#report(scope, true, sessionOf(reader.bdSeq), "birth", payload));
      node.bdSeq = reader.bdSeq;
      node.nextSeq = payload.seq === undefined ? undefined : (payload.seq + 1) % seqModulus;
    } else {
      sequence = advance(node, payload.seq);
      if (!node.devices.has(scope.device))
        presence.push(this.#report(scope, true, sessionOf(node.bdSeq), "birth", payload));
    }
    this.#nodes.born(node, scope.device, { session: sessionOf(node.bdSeq), ...reader.definitions });
    const unborn = scope.device !== undefined && node.birth === undefined;
    return this.#finish(reader, scope, node, { sequence, unborn, presence });
  }

  #data(scope: Scope, bytes: Uint8Array, limits: DecodeLimits): DecodedMessage {
    const payload = readPayload(bytes, limits.maxReadings);
    const node = this.#nodes.heard(scope.key);
    const sequence = advance(node, payload.seq);
    const birth = scope.device === undefined ? node.birth : node.devices.get(scope.device);
    const reader = new MetricReader(new MessageBuilder(limits), payload.timestamp);
    reader.data(payload.metrics, birth);
    return this.#finish(reader, scope, node, { sequence, unborn: birth === undefined, presence: [] });
  }

  #death(scope: Scope, bytes: Uint8Array, limits: DecodeLimits): DecodedMessage {
    const payload = readPayload(bytes, limits.maxReadings);
    const reader = new MetricReader(new MessageBuilder(limits), payload.timestamp);
    if (scope.device !== undefined) {
      const node = this.#nodes.heard(scope.key);
      const sequence = advance(node, payload.seq);
      const birth = node.devices.get(scope.device);
      const presence = [this.#report(scope, false, birth?.session ?? sessionOf(node.bdSeq), "death", payload)];
      this.#nodes.died(node, scope.device);
      return this.#finish(reader, scope, node, { sequence, unborn: node.birth === undefined, presence });
    }
    reader.birth(payload.metrics);
    const node = this.#nodes.heard(scope.key);
    if (node.birth !== undefined && reader.bdSeq !== undefined && node.bdSeq !== reader.bdSeq) {
      return { samples: [], effects: { ignored: "death-of-an-older-session" } };
    }
    const presence = this.#allGone(scope, { ...node, bdSeq: node.bdSeq ?? reader.bdSeq }, "death", payload);
    this.#nodes.forget(scope.key);
    return { samples: [], effects: { presence } };
  }

  #finish(reader: MetricReader, scope: Scope, node: EdgeNode, { sequence, unborn, presence }: Outcome): DecodedMessage {
    const publish = unborn || sequence.lost > 0 || reader.unread > 0 ? this.#rebirth(scope, node) : undefined;
    if (sequence.late) reader.builder.fact("sparkplug-sequence", "late or repeated");
    const effects: MessageEffects = {
      ...(presence.length > 0 ? { presence } : {}),
      ...(publish === undefined ? {} : { publish: [publish] }),
      ...(reader.unread > 0 ? { quarantine: reader.reason } : {}),
      ...(sequence.lost > 0 ? { lost: sequence.lost } : {}),
    };
    if (Object.keys(effects).length > 0) return reader.builder.finish(effects);
    return reader.builder.finish(reader.builder.isEmpty ? { ignored: "no-values" } : undefined);
  }

  /** A request for a rebirth, unless there was one a short while ago. */
  #rebirth({ group, node: name }: Scope, node: EdgeNode): Publication | undefined {
    const now = this.#now();
    if (now - node.askedAt < this.#rebirthEveryMs && now >= node.askedAt) return undefined;
    node.askedAt = now;
    return { topic: `spBv1.0/${group}/NCMD/${name}`, payload: rebirthCommand(now), qos: 0 };
  }

  /** The node and all devices behind it. */
  #allGone(scope: Scope, node: EdgeNode, reason: string, payload: SparkplugPayload): PresenceReport[] {
    const gone = [...node.devices].map(([device, { session }]) =>
      this.#report({ ...scope, device }, false, session, reason, payload),
    );
    for (const device of node.devices.keys()) this.#nodes.died(node, device);
    return [...gone, this.#report(scope, false, node.birth?.session ?? sessionOf(node.bdSeq), reason, payload)];
  }

  #report(
    { group, node, device }: Scope,
    online: boolean,
    session: string,
    reason: string,
    { timestamp }: SparkplugPayload,
  ): PresenceReport {
    const names = new Map([
      ["group", group],
      ["node", node],
      ["edgeDevice", device ?? ""],
    ]);
    const id = (device === undefined ? this.#idOfNode : this.#idOfDevice).idOf(names);
    const time = timestamp === undefined ? undefined : Number(timestamp) * 1000;
    return { device: id, online, session, reason, ...(Number.isSafeInteger(time) ? { time: time! } : {}) };
  }
}

interface Scope {
  readonly group: string;
  readonly node: string;
  /** undefined: the edge node itself. */
  readonly device: string | undefined;
  readonly key: string;
}

function scopeOf({ names }: TopicMatch): Scope {
  const [group, node] = [names.get("group")!, names.get("node")!];
  return { group, node, device: names.get("edgeDevice"), key: `${group}/${node}` };
}

interface Sequence {
  readonly lost: number;
  readonly late: boolean;
}

interface Outcome {
  readonly sequence: Sequence;
  readonly unborn: boolean;
  readonly presence: readonly PresenceReport[];
}

/** Takes the next sequence number of a node. One from behind is late or repeated and does not count. */
function advance(node: EdgeNode, seq: number | undefined): Sequence {
  if (seq === undefined || node.birth === undefined) return { lost: 0, late: false };
  const ahead = node.nextSeq === undefined ? 0 : (seq - node.nextSeq + seqModulus) % seqModulus;
  if (ahead >= seqModulus / 2) return { lost: 0, late: true };
  node.nextSeq = (seq + 1) % seqModulus;
  return { lost: ahead, late: false };
}

/** The birth-death number names a node's session; it outlives a restart of ours. */
function sessionOf(bdSeq: bigint | undefined): string {
  return `sparkplug:${bdSeq ?? "unknown"}`;
}
