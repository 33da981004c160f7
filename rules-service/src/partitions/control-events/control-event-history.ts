import type { TopicNames } from "@headwater/event-log";
import { maintenanceName } from "@headwater/aggregates";
import { DecodeError, Pace } from "@headwater/core";
import type { OperatorAction } from "../../engine/engine.ts";
import {
  deviceControlEvent,
  operatorControlEvent,
  type ControlEvent,
  type DeviceControlEvent,
} from "./control-events.ts";
import type { MaintenanceTimeline } from "./maintenance-timeline.ts";
import type { RuleTimeline } from "./rule-timeline.ts";
import type { EffectiveAt, OnSkipped, RestoredState } from "../state-log/state-fold.ts";
import { skipReasons } from "@headwater/service";

/** A control event that took effect before, with its offsets. */
export interface PastControlEvent {
  readonly event: ControlEvent;
  readonly fromOffset: number;
  readonly warmFrom: number;
  readonly key: string;
}

export interface History {
  /** Control events that the checkpoint includes, oldest first. */
  readonly included: readonly PastControlEvent[];
  /** Control events to be applied again, in this order, each at exactly its offset. */
  readonly replay: readonly PastControlEvent[];
}

/**
 * Splits a partition's control events into those that its checkpoint includes and those to be applied again. For the
 * control events of the checkpoint's own offset their place in the state log decides: an owner writes no checkpoint
 * while a control event is due and not yet applied. An effective of a record that is none is skipped.
 */
export async function historyOf(
  state: RestoredState,
  topics: TopicNames,
  timeline: RuleTimeline,
  maintenance: MaintenanceTimeline,
  onSkipped: OnSkipped = () => {},
): Promise<History> {
  const { checkpoint, effectives } = state;
  const included: PastControlEvent[] = [];
  const replay: PastControlEvent[] = [];
  const pace = new Pace();
  for (const effective of effectives) {
    if (pace.isDue) await pace.rest();
    const { fromOffset, warmFrom, key, stateLogOffset } = effective;
    const event = controlEventOf(effective, topics, timeline, maintenance);
    if (event === undefined) {
      const { topic, offset } = effective.source;
      const detail = `it says that offset ${offset} of ${topic} took effect, which is nothing that can`;
      onSkipped(stateLogOffset, skipReasons.implausible, detail);
      continue;
    }
    const past = { event, fromOffset, warmFrom, key };
    const isIncluded =
      checkpoint !== undefined &&
      (fromOffset < checkpoint.offset ||
        (fromOffset === checkpoint.offset && stateLogOffset < checkpoint.stateLogOffset));
    (isIncluded ? included : replay).push(past);
  }
  return { included, replay };
}

function controlEventOf(
  { source, record }: EffectiveAt,
  topics: TopicNames,
  timeline: RuleTimeline,
  maintenance: MaintenanceTimeline,
): ControlEvent | undefined {
  try {
    if (source.topic === topics.devices) return deviceControlEvent(source, record);
    if (source.topic === topics.alerts) return operatorControlEvent(source, record);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
  if (source.topic !== topics.rules) return undefined;
  const rule = timeline.at(source.offset);
  if (rule !== undefined) return { kind: "rule", source, change: rule.change };
  const window = maintenance.at(source.offset);
  return window && { kind: "maintenance", source, id: window.id, definition: window.definition };
}

/** How far a partition is. */
export interface Reached {
  /** The oldest telemetry in the log. */
  readonly telemetryStart: number;
  /** The log's, at the checkpoint. */
  readonly clock: number;
  /** Every record of devices.v1 before this offset is known to have taken effect, by the checkpoint alone. */
  readonly devicesRead: number;
}

/**
 * Keys of effectives that no replay needs: what was superseded before the oldest telemetry in the log, snoozes that
 * were over by then, deletions of devices of which devices.v1 and the checkpoint tell as well, and what rules and
 * maintenance windows leave that are no more. Where a removal is cut off, nothing that it has left may come into force
 * again: snoozes go before what ended them, and each before a newer one.
 */
export function overtaken(
  included: readonly PastControlEvent[],
  { telemetryStart, clock, devicesRead }: Reached,
): string[] {
  const snoozes: string[] = [];
  const others: string[] = [];
  const newer = new Set<string>();
  const ended = endedSnoozes(included);
  for (const { event, fromOffset, key } of included.toReversed()) {
    if (fromOffset > telemetryStart) continue;
    const entity = entityOf(event);
    const snooze = snoozeOf(event);
    const isOver = snooze !== undefined && ((snooze.until ?? 0) <= clock || ended.has(key));
    const isSettled =
      isRemoval(event) || (event.kind === "device" && event.device === undefined && event.source.offset < devicesRead);
    if (newer.has(entity) || isOver || isSettled) (snooze === undefined ? others : snoozes).push(key);
    newer.add(entity);
  }
  return [...snoozes.toReversed(), ...others.toReversed()];
}

/** Keys of snoozes whose device or rule was deleted after them. */
function endedSnoozes(included: readonly PastControlEvent[]): ReadonlySet<string> {
  const ended = new Set<string>();
  const incarnations = new Map<string, number>();
  const running = new Map<string, { readonly rule: string; readonly device: string }>();
  const end = (isOf: (snoozed: { rule: string; device: string }) => boolean): void => {
    for (const [key, snoozed] of running) {
      if (!isOf(snoozed)) continue;
      running.delete(key);
      ended.add(key);
    }
  };
  for (const { event, key } of included) {
    const snooze = snoozeOf(event);
    if (snooze !== undefined) running.set(key, snooze);
    else if (event.kind === "device") {
      const before = incarnations.get(event.id);
      incarnations.set(event.id, event.incarnation);
      if (isEnd(event, before)) end(({ device }) => device === event.id);
    } else if (event.kind === "rule" && isRemoval(event)) {
      end(({ rule }) => rule === event.change.rule);
    }
  }
  return ended;
}

/** Whether it took a rule or a maintenance window away: whoever begins without either has nothing to do about it. */
function isRemoval(event: ControlEvent): boolean {
  if (event.kind === "rule") return event.change.mode === "deleted";
  return event.kind === "maintenance" && event.definition === undefined;
}

/** Whether the device of that incarnation is no more; `before`: undefined if none is known. */
function isEnd({ device, incarnation }: DeviceControlEvent, before: number | undefined): boolean {
  return device === undefined || (before !== undefined && before !== incarnation);
}

/** What only the last control event counts of. Operator actions are part of the states, but for snoozes. */
function entityOf(event: ControlEvent): string {
  if (event.kind === "device") return `device/${event.id}`;
  if (event.kind === "rule") return `rule/${event.change.rule}`;
  if (event.kind === "maintenance") return maintenanceName(event.id);
  const snooze = snoozeOf(event);
  return snooze === undefined ? "operator" : JSON.stringify(["snooze", snooze.rule, snooze.device]);
}

function snoozeOf(event: ControlEvent): OperatorAction | undefined {
  return event.kind === "operator" && event.action?.kind === "snoozed" ? event.action : undefined;
}

/**
 * The control events that are in force after those that the checkpoint includes, in the order in which `restore` of an
 * engine wants them: devices, what holds actions back, rules.
 */
export function inForce(included: readonly PastControlEvent[]): Iterable<ControlEvent> {
  const devices = new Map<string, DeviceControlEvent>();
  const rules = new Map<string, ControlEvent>();
  const windows = new Map<string, ControlEvent>();
  const snoozes = new Map<string, { readonly event: ControlEvent; readonly action: OperatorAction }>();
  const forget = (isOver: (action: OperatorAction) => boolean): void => {
    for (const [key, { action }] of snoozes) if (isOver(action)) snoozes.delete(key);
  };
  for (const { event } of included) {
    if (event.kind === "rule") {
      const { rule: id } = event.change;
      if (isRemoval(event)) {
        rules.delete(id);
        forget(({ rule }) => rule === id);
      } else rules.set(id, event);
    } else if (event.kind === "maintenance") {
      if (isRemoval(event)) windows.delete(event.id);
      else windows.set(event.id, event);
    } else if (event.kind === "device") {
      const before = devices.get(event.id);
      devices.set(event.id, event);
      if (isEnd(event, before?.incarnation)) forget(({ device }) => device === event.id);
    } else {
      const action = snoozeOf(event);
      if (action !== undefined) snoozes.set(entityOf(event), { event, action });
    }
  }
  const muting = [...Array.from(snoozes.values(), ({ event }) => event), ...windows.values()];
  // Devices come first: a snooze of one that is deleted by now may be younger than that.
  return [...devices.values(), ...muting, ...rules.values()];
}
