import { DecodeError } from "@headwater/core";
import { deviceTime } from "../device-time.ts";
import type { MessageBuilder } from "../message-builder.ts";
import type { Birth, MetricDefinition } from "./edge-nodes.ts";
import { datatype, speaksForItself, valueOf } from "./metric-value.ts";
import { readTemplate, type SparkplugMetric } from "./payload.ts";

/** Named in a reason, so many. */
const maxNamed = 5;
const maxTemplateDepth = 8;
/** Characters of a unit that are remembered. */
const maxUnit = 64;
const bdSeqMetric = "bdSeq";
/** Commands that a node or device takes, no telemetry. */
const control = /^(?:Node|Device) Control\//;

/** The properties of a metric by its message and, where that is silent, by the birth. */
interface Settled extends MetricDefinition {
  readonly alias: bigint | undefined;
}

/** OPC's good qualities are 192 to 255. */
function isGood(quality: number): boolean {
  return quality >= 192 && quality <= 255;
}

/** Reads the metrics of one message into readings, and the definitions of a birth. */
export class MetricReader {
  readonly builder: MessageBuilder;
  /** Milliseconds, of the payload: of metrics that have no time of their own. */
  readonly #timestamp: bigint | undefined;
  readonly #byName = new Map<string, MetricDefinition>();
  readonly #byAlias = new Map<bigint, MetricDefinition | undefined>();
  readonly #unread: string[] = [];
  #unreadCount = 0;
  #bdSeq: bigint | undefined;

  constructor(builder: MessageBuilder, timestamp: bigint | undefined) {
    this.builder = builder;
    this.#timestamp = timestamp;
  }

  get bdSeq(): bigint | undefined {
    return this.#bdSeq;
  }

  get definitions(): Pick<Birth, "byName" | "byAlias"> {
    return { byName: this.#byName, byAlias: this.#byAlias };
  }

  /** Metrics that could not be read for want of a birth. */
  get unread(): number {
    return this.#unreadCount;
  }

  get reason(): string {
    const more = this.#unreadCount > this.#unread.length ? ", …" : "";
    return `${this.#unreadCount} metrics are not known from a birth: ${this.#unread.join(", ")}${more}`;
  }

  birth(metrics: readonly SparkplugMetric[]): void {
    for (const metric of metrics) {
      const { name = "", alias, datatype: type = 0, unit } = metric;
      if (name === bdSeqMetric) this.#bdSeq = metric.value?.kind === "integer" ? metric.value.value : undefined;
      const settled = this.#define({ name, datatype: type, unit, alias });
      this.#read(metric, settled, undefined, 0);
    }
  }

  data(metrics: readonly SparkplugMetric[], birth: Birth | undefined): void {
    for (const metric of metrics) {
      const { alias, datatype: type, unit, value } = metric;
      const name = metric.name === "" ? undefined : metric.name;
      const known =
        (name === undefined ? undefined : birth?.byName.get(this.#remembered(name))) ??
        (alias === undefined ? undefined : birth?.byAlias.get(alias));
      const ownName = name ?? known?.name;
      const ownType = type ?? known?.datatype ?? 0;
      const untold = ownType === 0 && value !== undefined && !metric.isNull && !speaksForItself(value);
      if (ownName === undefined || untold) {
        this.#cannotRead(ownName ?? aliasAlone(alias, birth));
        continue;
      }
      this.#read(metric, { name: ownName, datatype: ownType, unit: unit ?? known?.unit, alias }, birth, 0);
    }
  }

  #define(metric: Settled): Settled {
    const { datatype: type, alias } = metric;
    const name = this.#remembered(metric.name);
    const unit = metric.unit?.slice(0, maxUnit);
    if (this.#byName.size < this.builder.limits.maxReadings) this.#byName.set(name, { name, datatype: type, unit });
    if (alias !== undefined) {
      const isTaken = this.#byAlias.has(alias);
      if (isTaken) this.builder.fact("sparkplug-alias", `${alias} stands for several metrics`);
      this.#byAlias.set(alias, isTaken ? undefined : { name, datatype: type, unit });
    }
    return { ...metric, unit };
  }

  /** The name as a birth keeps it: one that is too long for a metric stays too long, and costs no more than others. */
  #remembered(name: string): string {
    return name.slice(0, this.builder.limits.maxMetricLength + 1);
  }

  #cannotRead(what: string): void {
    this.#unreadCount += 1;
    if (this.#unread.length < maxNamed) this.#unread.push(what.slice(0, 64).toWellFormed());
  }

  /** A metric that cannot be read is set aside alone. `birth` is undefined in a birth itself. */
  #read(metric: SparkplugMetric, settled: Settled, birth: Birth | undefined, depth: number): void {
    const { name } = settled;
    if (name === bdSeqMetric || control.test(name)) return;
    this.builder.part(name.slice(0, 64).toWellFormed(), () => this.#readValue(metric, settled, birth, depth));
  }

  #readValue(
    metric: SparkplugMetric,
    { name, datatype: type, unit }: Settled,
    birth: Birth | undefined,
    depth: number,
  ): void {
    const { builder } = this;
    const { value, quality } = metric;
    builder.checkName(name);
    const millis = metric.timestamp ?? this.#timestamp;
    const time = millis === undefined || millis === 0n ? undefined : deviceTime(millis, { unit: "ms" });
    if (metric.isNull || value === undefined) {
      builder.note("without-value", name);
      if (quality !== undefined) builder.add(`${name}.quality`, quality, time);
      return;
    }
    if (value.kind === "template" && (type === datatype.template || type === 0)) {
      this.#template(value.value, name, metric, birth, depth);
      return;
    }
    let read = valueOf(value, type);
    if (read instanceof Uint8Array) {
      builder.note("kept-as-base64", name);
      read = Buffer.from(read).toString("base64url");
    }
    if (quality !== undefined && !isGood(quality)) builder.addUntrusted(name, read, quality, time);
    else builder.add(name, read, time, unit);
    // The end of a bad quality has to be told as well.
    if (quality !== undefined && isGood(quality)) builder.add(`${name}.quality`, quality, time);
    if (metric.historical) builder.note("historical", name);
  }

  /** Members become metrics of their own, `template/member`. */
  #template(bytes: Uint8Array, name: string, outer: SparkplugMetric, birth: Birth | undefined, depth: number): void {
    if (depth === maxTemplateDepth)
      throw new DecodeError(`Sparkplug templates nest deeper than ${maxTemplateDepth} levels`);
    const { isDefinition, metrics } = readTemplate(bytes, this.builder.limits.maxReadings);
    if (isDefinition) {
      this.builder.note("not-read", name);
      return;
    }
    for (const member of metrics) {
      if (member.name === undefined || member.name === "") {
        this.builder.refuse(name.slice(0, 64), new DecodeError("A member of a Sparkplug template has no name"));
        continue;
      }
      const path = this.#remembered(`${name}/${member.name}`);
      const known = birth?.byName.get(path);
      const settled = {
        name: path,
        datatype: member.datatype ?? known?.datatype ?? 0,
        unit: member.unit ?? known?.unit,
        alias: undefined,
      };
      if (birth === undefined) this.#define(settled);
      const { value } = member;
      if (settled.datatype === 0 && value !== undefined && !member.isNull && !speaksForItself(value)) {
        this.#cannotRead(path);
        continue;
      }
      const timed = {
        ...member,
        timestamp: member.timestamp ?? outer.timestamp,
        historical: member.historical || outer.historical,
      };
      this.#read(timed, settled, birth, depth + 1);
    }
  }
}

function aliasAlone(alias: bigint | undefined, birth: Birth | undefined): string {
  if (alias === undefined) return "one without name and alias";
  return birth?.byAlias.has(alias) === true ? `alias ${alias}, which stands for several` : `alias ${alias}`;
}
