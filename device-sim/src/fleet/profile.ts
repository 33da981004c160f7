import { resolve } from "node:path";
import { SimulationError } from "../errors.ts";
import { readRecordedColumn } from "../signals/recorded.ts";
import { signalMaker } from "../signals/shapes.ts";
import type { SignalMaker } from "../signals/signal.ts";
import { FleetFault } from "./fleet-fault.ts";
import type { FormatName } from "../payloads/format-names.ts";
import { formats } from "../payloads/formats.ts";
import type { ProfileSpec } from "./fleet-schema.ts";
import { millisOf, millisRangeOf, type Range, ratePerSecond, shareOf } from "./units.ts";

/** Times are in milliseconds, rates a second, shares between 0 and 1. */
export interface Profile {
  readonly name: string;
  readonly devices: number;
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Messages a second of one device. */
  readonly rate: number;
  readonly isPoisson: boolean;
  readonly format: FormatName;
  /** Behind each edge node. */
  readonly edgeDevices: number;
  readonly topic: string;
  /** As its CONNECT says it: 4 is 3.1.1. */
  readonly mqttVersion: 4 | 5;
  /** Shares of QoS 0, 1 and 2. */
  readonly qos: readonly [number, number, number];
  readonly payloadBytes: number;
  readonly metrics: readonly (readonly [name: string, maker: SignalMaker])[];
  readonly identity: string | undefined;
  readonly clock: { readonly skew: Range; readonly drift: number; readonly jumpAt: number; readonly jumpBy: Range };
  readonly delivery: {
    readonly late: number;
    readonly lateBy: Range;
    readonly missing: number;
    readonly duplicates: number;
    readonly disorder: number;
    readonly keep: { readonly every: number; readonly for: number; readonly isNewestFirst: boolean } | undefined;
  };
  readonly connection: {
    readonly cleanSession: boolean;
    readonly keepAlive: number;
    readonly cut: Range | undefined;
    readonly outages: { readonly sites: number; readonly every: Range; readonly for: Range } | undefined;
    readonly sleep: { readonly every: number; readonly awake: number } | undefined;
    readonly buffer: number;
  };
  readonly commands: { readonly answer: "succeeded" | "failed" | "rejected" | "none"; readonly delay: Range };
  readonly hostile: ProfileSpec["hostile"];
}

/** Metrics of a Sparkplug birth that are no telemetry. */
const controls = /^(?:bdSeq$|(?:Node|Device) Control\/)/;

function checkEdgeNode({ topic, metrics = {} }: ProfileSpec, at: (member: string) => string): void {
  if (topic !== undefined)
    throw new FleetFault(at("topic"), "Sparkplug says the topics of an edge node; leave `topic` out");
  const control = Object.keys(metrics).find((name) => controls.test(name));
  if (control !== undefined)
    throw new FleetFault(
      at(`metrics/${control.replaceAll("/", "~1")}`),
      "this name means something else in Sparkplug; choose another",
    );
}

/** MQTT's length of a string, less what a prefix of the run may add. */
const mostTopicBytes = 65_000;
const none: Range = { from: 0, to: 0 };
/** Reads texts with units, and names where one cannot be read. */
export class Reading {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  millis(text: string, path: string): number {
    const millis = millisOf(text);
    if (millis === undefined)
      throw new FleetFault(path, `${JSON.stringify(text)} is no length of time; write 500ms, 30s, 1h30m`);
    if (millis <= 0) throw new FleetFault(path, `${text} is not longer than nothing`);
    return millis;
  }

  range(text: string | undefined, path: string, least = -Infinity): Range {
    if (text === undefined) return none;
    const range = millisRangeOf(text);
    if (range === undefined)
      throw new FleetFault(path, `${JSON.stringify(text)} is no length of time and no range like 1s..10m`);
    if (range.from < least)
      throw new FleetFault(path, least > 0 ? `${text} is shorter than ${least}ms` : `${text} is negative`);
    return range;
  }

  rate(text: string, path: string): number {
    const rate = ratePerSecond(text);
    if (rate === undefined)
      throw new FleetFault(path, `${JSON.stringify(text)} is no rate; write 5000/s, 12/m or 1/10s`);
    return rate;
  }

  share(value: string | number, path: string): number {
    const share = shareOf(value);
    if (share === undefined) throw new FleetFault(path, `${JSON.stringify(value)} is no share; write 5% or 0.05`);
    return share;
  }

  /** What happens `every` so often `for` some time has to end before it comes again. */
  checkCycle(every: string, length: string, path: string): void {
    if (this.millis(length, path) < this.millis(every, path)) return;
    throw new FleetFault(path, `${length} is not shorter than ${every}, after which it comes again; shorten it`);
  }

  profile(name: string, spec: ProfileSpec, devices: number, rate: number): Profile {
    const at = (member: string): string => `/profiles/${name}/${member}`;
    const { clock = {}, delivery = {}, connection = {}, commands = {} } = spec;
    const { format = "json" } = spec;
    const { isUntimed, isNumberAlone, write } = formats[format];
    if (write === undefined) checkEdgeNode(spec, at);
    else if (spec.edgeDevices !== undefined)
      throw new FleetFault(
        at("edgeDevices"),
        `no device stands behind one of ${format}; leave it out, or write \`format: sparkplug\``,
      );
    if (isUntimed && spec.clock !== undefined)
      throw new FleetFault(at("clock"), `${format} says no time, so no clock can be wrong; leave \`clock\` out`);
    if (isNumberAlone && spec.metrics !== undefined)
      throw new FleetFault(at("metrics"), `a message of ${format} is its number alone; leave \`metrics\` out`);
    if (isNumberAlone && spec.identity === false)
      throw new FleetFault(at("identity"), `a message of ${format} is its number alone; name it, or leave this out`);
    const keep = delivery.storeAndForward;
    const identity = spec.identity === false ? undefined : (spec.identity ?? "seq");
    if (identity !== undefined && spec.metrics !== undefined && Object.hasOwn(spec.metrics, identity)) {
      const remedy = "name it otherwise, or set `identity` to another name";
      throw new FleetFault(at(`metrics/${identity}`), `this name numbers the messages of a device; ${remedy}`);
    }
    if (connection.sleep !== undefined && connection.outages !== undefined)
      throw new FleetFault(at("connection/outages"), "a device that sleeps has no outages; leave one of the two out");
    if (keep !== undefined) this.checkCycle(keep.every, keep.for, at("delivery/storeAndForward/for"));
    const { sleep } = connection;
    if (sleep !== undefined) this.checkCycle(sleep.every, sleep.awake, at("connection/sleep/awake"));
    const share = (value: string | number | undefined, path: string): number =>
      value === undefined ? 0 : this.share(value, path);
    return {
      name,
      devices,
      type: spec.type ?? name,
      tags: spec.tags ?? {},
      rate,
      isPoisson: spec.arrival === "poisson",
      format,
      edgeDevices: spec.edgeDevices ?? 0,
      topic: this.#topic(
        (spec.topic ?? formats[format].topic).replaceAll("{identity}", identity ?? "value"),
        `${name}-${devices}`,
        at("topic"),
      ),
      mqttVersion: spec.mqttVersion === "3.1.1" ? 4 : 5,
      qos: this.#qos(spec.qos ?? 1, at("qos")),
      payloadBytes: spec.payloadBytes ?? 0,
      metrics: Object.entries(
        spec.metrics ?? (isNumberAlone ? {} : { temperature: { shape: "sine", mean: 21, amplitude: 3, period: "5m" } }),
      ).map(([metric, signal]) => {
        const path = `${at("metrics")}/${metric.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        if (signal.stuck !== undefined) this.checkCycle(signal.stuck.every, signal.stuck.for, `${path}/stuck/for`);
        if (signal.shape === "spikes") this.checkCycle(signal.every, signal.for, `${path}/for`);
        if (signal.shape === "walk" && (signal.min ?? -Infinity) > (signal.max ?? Infinity))
          throw new FleetFault(`${path}/min`, `${signal.min} is greater than \`max\``);
        const maker = signalMaker(signal, {
          millis: (text) => this.millis(text, path),
          share: (value) => this.share(value, path),
          column: (file, column, needsTimes) => this.#column(file, column, needsTimes, path),
        });
        return [metric, maker] as const;
      }),
      identity,
      clock: {
        skew: this.range(clock.skew, at("clock/skew")),
        drift: clock.drift ?? 0,
        jumpAt: clock.jump === undefined ? Infinity : this.millis(clock.jump.at, at("clock/jump/at")),
        jumpBy: this.range(clock.jump?.by, at("clock/jump/by")),
      },
      delivery: {
        late: share(delivery.late, at("delivery/late")),
        lateBy:
          delivery.lateBy === undefined
            ? { from: 1_000, to: 60_000 }
            : this.range(delivery.lateBy, at("delivery/lateBy"), 0),
        missing: share(delivery.missing, at("delivery/missing")),
        duplicates: share(delivery.duplicates, at("delivery/duplicates")),
        disorder: share(delivery.disorder, at("delivery/disorder")),
        keep: keep && {
          every: this.millis(keep.every, at("delivery/storeAndForward/every")),
          for: this.millis(keep.for, at("delivery/storeAndForward/for")),
          isNewestFirst: keep.order === "newest-first",
        },
      },
      connection: {
        // The specification of Sparkplug wants it of an edge node.
        cleanSession: connection.cleanSession ?? write === undefined,
        keepAlive:
          connection.keepAlive === undefined ? 60_000 : this.millis(connection.keepAlive, at("connection/keepAlive")),
        cut: connection.cut && this.range(connection.cut.every, at("connection/cut/every"), 1),
        sleep: connection.sleep && {
          every: this.millis(connection.sleep.every, at("connection/sleep/every")),
          awake: this.millis(connection.sleep.awake, at("connection/sleep/awake")),
        },
        outages: connection.outages && {
          sites: connection.outages.sites,
          every: this.range(connection.outages.every, at("connection/outages/every"), 1),
          for: this.range(connection.outages.for, at("connection/outages/for"), 1),
        },
        buffer: connection.buffer ?? 10_000,
      },
      commands: { answer: commands.answer ?? "succeeded", delay: this.range(commands.delay, at("commands/delay"), 0) },
      hostile: spec.hostile,
    };
  }

  #topic(topic: string, longestId: string, path: string): string {
    if (Buffer.byteLength(topic.replaceAll("{id}", longestId)) > mostTopicBytes)
      throw new FleetFault(path, `a topic has ${mostTopicBytes} bytes at the most`);
    if (/[+#\0]/.test(topic)) throw new FleetFault(path, "one publishes to a topic without +, # and NUL");
    return topic;
  }

  #qos(qos: number | Record<string, string | number>, path: string): readonly [number, number, number] {
    if (typeof qos === "number") return [qos === 0 ? 1 : 0, qos === 1 ? 1 : 0, qos === 2 ? 1 : 0];
    const shares = [0, 1, 2].map((level) => this.share(qos[level] ?? 0, `${path}/${level}`));
    const sum = shares.reduce((all, share) => all + share, 0);
    if (Math.abs(sum - 1) > 0.001)
      throw new FleetFault(path, `the shares add up to ${Math.round(sum * 100)} %; they have to be all, 100 %`);
    return shares as unknown as readonly [number, number, number];
  }

  #column(file: string, column: string | undefined, needsTimes: boolean, path: string) {
    try {
      return readRecordedColumn(resolve(this.#folder, file), column, needsTimes);
    } catch (error) {
      if (error instanceof SimulationError) throw new FleetFault(path, error.message);
      throw error;
    }
  }
}
