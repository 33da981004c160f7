import { foldDevice, type DeviceState } from "@headwater/aggregates";
import { events } from "@headwater/proto";
import type { LogRecord, Position, TopicNames } from "@headwater/event-log";
import {
  deviceControlEvent,
  operatorControlEvent,
  type DeviceControlEvent,
  type OperatorControlEvent,
} from "./control-events.ts";

export interface PendingControlEventsOptions {
  readonly topics: TopicNames;
  readonly partition: number;
}

/**
 * Devices and operator actions of one partition that wait to take effect. What is overtaken while it waits never takes
 * effect; losers of concurrent writes are not even considered.
 */
export class PendingControlEvents {
  readonly #topics: TopicNames;
  readonly #partition: number;
  readonly #folds = new Map<string, DeviceState>();
  /** The last record of each device that took effect. */
  readonly #effective = new Map<string, number>();
  readonly #devices = new Map<string, DeviceControlEvent>();
  #operatorActions: OperatorControlEvent[] = [];
  #alertsSeen: number;

  constructor(options: PendingControlEventsOptions) {
    this.#topics = options.topics;
    this.#partition = options.partition;
    this.#alertsSeen = -1;
  }

  /** The first offset of alerts.v1 that was not looked at yet. */
  get alertsFrom(): number {
    return this.#alertsSeen + 1;
  }

  /** Where alerts.v1 was read to, if nothing found there still waits. */
  get alertsRead(): Position | undefined {
    if (this.#operatorActions.length > 0 || this.#alertsSeen < 0) return undefined;
    return { topic: this.#topics.alerts, partition: this.#partition, offset: this.#alertsSeen };
  }

  get isEmpty(): boolean {
    return this.#devices.size === 0 && this.#operatorActions.length === 0;
  }

  /** Took effect in an earlier life. */
  markEffective(event: DeviceControlEvent | OperatorControlEvent): void {
    if (event.kind === "device") this.#effective.set(event.id, event.source.offset);
    else this.#alertsSeen = Math.max(this.#alertsSeen, event.source.offset);
  }

  /** Records of devices.v1, from the start of the partition on: only the whole story tells who won. */
  addDevices(records: readonly LogRecord[]): void {
    for (const { offset, value } of records) {
      if (value === null) continue;
      const event = events.device.decode(value);
      const { state, accepted } = foldDevice(this.#folds.get(event.id), event);
      if (!accepted) continue;
      // Who wins the next revision depends on this one's number alone; the device itself waits in the control event.
      this.#folds.set(event.id, { ...state, device: undefined });
      if (offset <= (this.#effective.get(event.id) ?? -1)) continue;
      this.#devices.set(event.id, deviceControlEvent(this.#source(this.#topics.devices, offset), value));
    }
  }

  /** Records of alerts.v1; what rules did is passed over. */
  addAlerts(records: readonly LogRecord[]): void {
    for (const { offset, value } of records) {
      if (offset <= this.#alertsSeen) continue;
      this.#alertsSeen = offset;
      if (value === null) continue;
      const event = operatorControlEvent(this.#source(this.#topics.alerts, offset), value);
      if (event.action !== undefined) this.#operatorActions.push(event);
    }
  }

  /** What waits, at most so many, in the order of its topics; it counts as effective from now on. */
  take(max: number): (DeviceControlEvent | OperatorControlEvent)[] {
    const taken: (DeviceControlEvent | OperatorControlEvent)[] = [];
    for (const event of this.#devices.values()) {
      if (taken.length >= max) return taken;
      taken.push(event);
      this.#devices.delete(event.id);
      this.#effective.set(event.id, event.source.offset);
    }
    const actions = this.#operatorActions.slice(0, max - taken.length);
    this.#operatorActions = this.#operatorActions.slice(actions.length);
    return [...taken, ...actions];
  }

  #source(topic: string, offset: number): Position {
    return { topic, partition: this.#partition, offset };
  }
}
