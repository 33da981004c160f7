import type { Device } from "@headwater/aggregates";
import { alertTransition } from "@headwater/proto";
import type { AlertInput, TelemetryInput } from "@headwater/proto";
import type { MaintenanceDefinition } from "../../src/definition/maintenance.ts";
import type { PartitionEngine, RuleChange, WarmUp } from "../../src/engine/engine.ts";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { all, at, change, Collected, epoch0, LogWriter, second } from "./harness.ts";

const kindNames = Object.fromEntries(Object.entries(alertTransition).map(([name, kind]) => [kind, name]));

/** A partition told as a story: seconds instead of microseconds, one gateway and one metric unless said otherwise. */
export class Partition {
  readonly engine: PartitionEngine;
  readonly log = new LogWriter();
  readonly effects = new Collected();

  constructor(engine: PartitionEngine = createPartitionEngine(0)) {
    this.engine = engine;
  }

  /** Puts a rule on metric `t` in force. */
  rule(
    condition: Record<string, unknown>,
    rest: Record<string, unknown> = {},
    mode: RuleChange["mode"] = "live",
    revision = 1,
  ): RuleChange {
    const made = change({ id: "hot", condition: { metric: "t", ...condition }, ...rest }, revision, mode);
    all(this.engine.applyRule(made, this.effects));
    return made;
  }

  append(input: TelemetryInput, appendedAt: number): void {
    const { record, at: position } = this.log.append(input, at(appendedAt));
    this.engine.applyRecord(record, position, this.effects);
  }

  /** A reading of event time `time`, received by the gateway at `received` (its clock) and appended at `appended`. */
  read(
    time: number,
    value: number,
    options: {
      device?: string;
      gateway?: string;
      received?: number;
      appended?: number;
      metric?: string;
      incarnation?: number;
    } = {},
  ): void {
    const {
      device = "d",
      gateway = "g",
      received = time,
      appended = received,
      metric = "t",
      incarnation = 0,
    } = options;
    const identity = { gateway, epoch: 1, n: this.log.n(gateway), receivedAt: at(received) };
    this.append(
      { ...identity, device, eventTime: at(time), readings: [{ metric, number: value }], incarnation },
      appended,
    );
  }

  /** `forwarded`: what the gateway's clock said when it sent the mark; a gateway of 0.1 does not say. */
  mark(
    received: number,
    options: { gateway?: string; appended?: number; forwarded?: number; epoch?: number } = {},
  ): void {
    const { gateway = "g", appended = received, forwarded, epoch = 1 } = options;
    const n = this.log.n(epoch === 1 ? gateway : `${gateway}/${epoch}`);
    const mark = { received: 0, ...(forwarded !== undefined && { forwardedAt: at(forwarded) }) };
    this.append({ gateway, epoch, n, receivedAt: at(received), mark }, appended);
  }

  tick(appended: number): void {
    this.append({ tick: { ownerEpoch: 1 } }, appended);
  }

  device(
    id: string,
    content: Partial<Pick<Device, "type" | "tags" | "attributes">> | undefined,
    incarnation = 0,
  ): void {
    const rest = { revision: 1, attributes: {}, credentials: [], createdAt: 0, updatedAt: 0 };
    const device = content === undefined ? undefined : { id, type: "", tags: {}, ...rest, ...content };
    this.engine.applyDevice(id, device, incarnation, this.effects);
  }

  /** `seen`: the last transition that whoever did it knew of. */
  hand(alertId: string, when: number, kind: "cleared" | "acknowledged" = "cleared", seen = 0): void {
    this.engine.applyOperatorAction(
      { kind, alertId, rule: "hot", device: "d", at: at(when), by: "somebody", writeId: `${kind}@${when}`, seen },
      this.effects,
    );
  }

  /** Somebody snoozes the rule on the device up to `until`. */
  snooze(until: number, device = "d", rule = "hot"): void {
    const action = {
      kind: "snoozed",
      alertId: "",
      rule,
      device,
      at: 0,
      by: "somebody",
      writeId: "s",
      until: at(until),
    } as const;
    this.engine.applyOperatorAction(action, this.effects);
  }

  maintenance(id: string, window: Omit<MaintenanceDefinition, "id"> | undefined): void {
    const definition = window === undefined ? undefined : { id, ...window };
    all(this.engine.applyMaintenance(id, definition, this.effects));
  }

  /** A warm-up over everything so far. */
  warm(made: RuleChange, from = 0): WarmUp {
    const warmUp = this.engine.warm([made]);
    for (const { record, at: position } of this.log.entries.slice(from)) warmUp.applyRecord(record, position);
    return warmUp;
  }

  adopt(warmUp: WarmUp): void {
    all(this.engine.adopt(warmUp, this.effects));
  }

  get clock(): number {
    return (this.engine.clock - epoch0) / second;
  }

  /** What was emitted since the last call, in short: `raised warning @30`, `cleared @40 (amended, retracted)`. */
  emitted(): string[] {
    return this.effects.take().map(({ alert, command, derived }) => {
      if (alert !== undefined) return short(alert);
      if (command !== undefined) return `command ${command.requested?.name} @${seconds(command.at!)}`;
      return `derived ${derived!.readings![0]!.metric} @${seconds(derived!.eventTime!)}`;
    });
  }

  /** The alerts themselves. */
  alerts(): AlertInput[] {
    return this.effects.take().flatMap(({ alert }) => (alert === undefined ? [] : [alert]));
  }
}

function short({
  kind,
  severity,
  at: when,
  amended,
  shadow,
  cause,
  raisedAt,
  clearedAt,
  mutedBy,
  flapping,
}: AlertInput): string {
  const name = kindNames[kind!]!;
  const notes = [
    ...(amended === true ? ["amended"] : []),
    ...(shadow === true ? ["shadow"] : []),
    ...(cause === "condition" || cause === "" ? [] : [cause]),
    ...(mutedBy ?? []),
    ...(flapping === true ? ["flapping"] : []),
  ];
  const time =
    name === "amended" ? `@${seconds(raisedAt!)}-${clearedAt === 0 ? "" : seconds(clearedAt!)}` : `@${seconds(when!)}`;
  const grave = name === "cleared" ? "" : ` ${severity}`;
  return `${name}${grave} ${time}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
}

function seconds(micros: number): number {
  return (micros - epoch0) / second;
}
