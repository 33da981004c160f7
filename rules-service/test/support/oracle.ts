import { all as drain } from "../engine/harness.ts";
import { expect } from "vitest";
import { events, type AlertInput, type CommandInput, type TelemetryRecord } from "@headwater/proto";
import { readTelemetry, SeenDerivations } from "@headwater/proto/telemetry";
import { partitionFor, type EventLog, type LogRecord } from "@headwater/event-log";
import type { Effects, RuleChange } from "../../src/engine/engine.ts";
import { createPartitionEngine } from "../../src/engine/index.ts";
import { historyOf } from "../../src/partitions/control-events/control-event-history.ts";
import { RuleTimeline, transitionOf } from "../../src/partitions/control-events/rule-timeline.ts";
import { StateFold } from "../../src/partitions/state-log/state-fold.ts";
import { MaintenanceTimeline } from "../../src/partitions/control-events/maintenance-timeline.ts";
import { storedDefinition, storedMaintenance } from "../../src/rules/stored-definition.ts";
import { alertEvents, commandEvents, type Platform } from "./harness.ts";
import { eventually } from "@headwater/testkit/eventually";

type On = Pick<Platform, "log" | "topics" | "partitions">;

export interface Emitted {
  readonly alerts: Map<string, string>;
  readonly commands: Map<string, string>;
  /** By partition and place. */
  readonly derived: Map<string, string>;
}

async function all(log: EventLog, topic: string, partition: number): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  for await (const batch of log.read(topic, partition)) found.push(...batch.records);
  return found;
}

/**
 * The events that the rules have to emit for the log as it is now: one pass over each partition from its first record,
 * with a fresh engine, and every control event at the offset that the state log names. No checkpoints, restarts or
 * batches are involved.
 */
export async function oracle(on: On): Promise<Emitted> {
  const { log, topics, partitions } = on;
  const timeline = new RuleTimeline({ definitionOf: storedDefinition });
  const maintenance = new MaintenanceTimeline({ maintenanceOf: storedMaintenance });
  for (const { offset, value } of await all(log, topics.rules, 0)) {
    const event = events.rule.decode(value!);
    timeline.apply(offset, event);
    maintenance.apply(offset, event);
  }
  const emitted: Emitted = { alerts: new Map(), commands: new Map(), derived: new Map() };
  const effects: Effects = {
    alert: (event) => keep(emitted.alerts, alertKey(event), alertText(event)),
    command: (event) => keep(emitted.commands, event.commandId ?? "", commandText(event)),
    derived: (event) => {
      // Encoded and decoded again, as below.
      const record = events.telemetry.decode(events.telemetry.encode(event));
      keep(emitted.derived, derivedKey(record), JSON.stringify(record));
    },
  };
  for (let partition = 0; partition < partitions; partition += 1) {
    const ownsGateway = (gateway: string): boolean => partitionFor(gateway, partitions) === partition;
    const engine = createPartitionEngine(partition, { ownsGateway });
    const rules = new Map<string, RuleChange>();
    const fold = new StateFold();
    for (const record of await all(log, topics.ruleState, partition)) fold.apply(record);
    const state = { ...fold.result(), checkpoint: undefined };
    const { replay: controlEvents } = await historyOf(state, topics, timeline, maintenance);
    const telemetry = (await all(log, topics.telemetry, partition)).map(({ offset, appendTime, value }) => ({
      at: { partition, offset, appendTime },
      record: events.telemetry.decode(value!),
    }));
    const apply = (past: (typeof controlEvents)[number]): void => {
      const { event: what, warmFrom, fromOffset } = past;
      if (what.kind === "maintenance") drain(engine.applyMaintenance(what.id, what.definition, effects));
      else if (what.kind === "device") engine.applyDevice(what.id, what.device, what.incarnation, effects);
      else if (what.kind === "operator") {
        if (what.action !== undefined) engine.applyOperatorAction(what.action, effects);
      } else {
        const isWarmed = transitionOf(rules.get(what.change.rule), what.change) === "warmed";
        rules.set(what.change.rule, what.change);
        if (!isWarmed) {
          drain(engine.applyRule(what.change, effects));
          return;
        }
        const warmUp = engine.warm([what.change]);
        for (const { record, at } of telemetry) {
          if (at.offset >= warmFrom && at.offset < fromOffset) warmUp.applyRecord(record, at);
        }
        drain(engine.adopt(warmUp, effects));
      }
    };
    let next = 0;
    for (const { record, at } of telemetry) {
      for (; next < controlEvents.length && controlEvents[next]!.fromOffset <= at.offset; next += 1)
        apply(controlEvents[next]!);
      engine.applyRecord(record, at, effects);
    }
    for (; next < controlEvents.length; next += 1) apply(controlEvents[next]!);
  }
  return emitted;
}

/**
 * The events in the log, each once. Throws if a repeat differs from the first; what is derived again may lack readings
 * of rules whose states were newer, so that only its place tells it.
 */
export async function emitted(on: On): Promise<Emitted> {
  const found: Emitted = { alerts: new Map(), commands: new Map(), derived: new Map() };
  for (const event of await alertEvents(on)) {
    if (event.transition > 0) keep(found.alerts, alertKey(event), alertText(event));
  }
  for (const event of await commandEvents(on)) keep(found.commands, event.commandId, commandText(event));
  for (let partition = 0; partition < on.partitions; partition += 1) {
    const seen = new SeenDerivations();
    for (const { offset, value } of await all(on.log, on.topics.telemetry, partition)) {
      const record = readTelemetry(value);
      if (record.derived === null || !seen.accept(record.derived, offset)) continue;
      keep(found.derived, derivedKey(record), JSON.stringify(record));
    }
  }
  return found;
}

/** Waits until the log has every event that the oracle expects, and compares each in full. */
export async function expectExactlyTheOracle(on: On, withinMs = 120_000): Promise<Emitted> {
  return eventually(async () => {
    const expected = await oracle(on);
    const found = await emitted(on);
    expect([...found.alerts].toSorted()).toEqual([...expected.alerts].toSorted());
    expect([...found.commands].toSorted()).toEqual([...expected.commands].toSorted());
    expect([...found.derived].toSorted()).toEqual([...expected.derived].toSorted());
    return found;
  }, withinMs);
}

function keep(map: Map<string, string>, key: string, text: string): void {
  const present = map.get(key);
  if (present !== undefined && present !== text) {
    throw new Error(`${key} was emitted twice, and not alike:\n${present}\n${text}`);
  }
  map.set(key, text);
}

function alertKey(event: AlertInput): string {
  return `${event.alertId}/${event.transition}`;
}

/** Encoded and decoded again, so that absent fields and zeros look alike. */
function alertText(event: AlertInput): string {
  return JSON.stringify(events.alert.decode(events.alert.encode(event)));
}

function derivedKey({ derived }: TelemetryRecord): string {
  return `${derived?.sourcePartition}/${derived?.causeOffset}.${derived?.ordinal}`;
}

function commandText(event: CommandInput): string {
  return JSON.stringify(events.command.decode(events.command.encode(event)));
}
