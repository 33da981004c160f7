import { foldDevice, type DeviceState } from "@headwater/aggregates";
import type { LogRecord, Position, TopicNames } from "@headwater/event-log";
import { isMadeByRule } from "@headwater/proto";
import type { FoldedEvents } from "@headwater/service";
import {
  deviceControlEvent,
  operatorControlEvent,
  type DeviceControlEvent,
  type OperatorControlEvent,
} from "./control-events.ts";

export interface PendingControlEventsOptions {
  readonly topics: TopicNames;
  readonly partition: number;
  readonly folded: FoldedEvents;
}

/**
 * Devices and operator actions of one partition that wait to take effect. Of several states of a device only the newest
 * takes effect; losers of concurrent writes never do.
 */
export class PendingControlEvents {
  readonly #topics: TopicNames;
  readonly #partition: number;
  readonly #folded: FoldedEvents;
  readonly #folds = new Map<string, DeviceState>();
  /** Offset of the last record of each device that is in effect. */
  readonly #effective = new Map<string, number>();
  readonly #devices = new Map<string, DeviceControlEvent>();
  /** Deletions that took effect so long ago that no effective tells of them any more. */
  readonly #settled = new Map<string, DeviceControlEvent>();
  #operatorActions: OperatorControlEvent[] = [];
  #alertsSeen: number;
  /** The first offset of devices.v1 that has not been read. */
  #devicesFrom = 0;
  /** Every device before this offset has taken effect. */
  #devicesRead = 0;

  constructor(options: PendingControlEventsOptions) {
    this.#topics = options.topics;
    this.#partition = options.partition;
    this.#folded = options.folded;
    this.#alertsSeen = -1;
  }

  /** The first offset of alerts.v1 that has not been read. */
  get alertsFrom(): number {
    return this.#alertsSeen + 1;
  }

  get devicesFrom(): number {
    return this.#devicesFrom;
  }

  /** Every record of devices.v1 before this offset that won is in effect, or a newer one of its device is. */
  get devicesRead(): number {
    if (this.#devices.size === 0) this.#devicesRead = Math.max(this.#devicesRead, this.#devicesFrom);
    return this.#devicesRead;
  }

  /** Before this offset every device took effect under an earlier owner. */
  markDevicesRead(offset: number): void {
    this.#devicesRead = offset;
  }

  /** The deletions before that offset that have no effective; they are in force from the beginning. */
  takeSettled(): readonly DeviceControlEvent[] {
    const settled = [...this.#settled.values()];
    this.#settled.clear();
    return settled;
  }

  /** The last position read in alerts.v1; undefined while an operator action waits. */
  get alertsRead(): Position | undefined {
    if (this.#operatorActions.length > 0 || this.#alertsSeen < 0) return undefined;
    return { topic: this.#topics.alerts, partition: this.#partition, offset: this.#alertsSeen };
  }

  get isEmpty(): boolean {
    return this.#devices.size === 0 && this.#operatorActions.length === 0;
  }

  /** Notes a control event that took effect under an earlier owner. */
  markEffective(event: DeviceControlEvent | OperatorControlEvent): void {
    if (event.kind === "device") this.#effective.set(event.id, event.source.offset);
    else this.#alertsSeen = Math.max(this.#alertsSeen, event.source.offset);
  }

  /** Takes records of devices.v1, from the start of the partition on; only a complete fold decides which write won. */
  addDevices(records: readonly LogRecord[]): void {
    const source = { topic: this.#topics.devices, partition: this.#partition };
    for (const record of records) {
      const { offset } = record;
      this.#devicesFrom = Math.max(this.#devicesFrom, offset + 1);
      const event = this.#folded.device(source, record);
      if (event === undefined) continue;
      const { state, accepted } = foldDevice(this.#folds.get(event.id), event, record.appendTime);
      if (!accepted) continue;
      // The next revision is decided by this one's number alone; the device itself is kept in the control event.
      this.#folds.set(event.id, { ...state, device: undefined });
      if (offset <= (this.#effective.get(event.id) ?? -1)) continue;
      const controlEvent = deviceControlEvent({ ...source, offset }, record.value!);
      this.#settled.delete(event.id);
      if (offset < this.#devicesRead && controlEvent.device === undefined) {
        this.#devices.delete(event.id);
        this.#settled.set(event.id, controlEvent);
      } else this.#devices.set(event.id, controlEvent);
    }
  }

  /** Takes records of alerts.v1; transitions that rules made are skipped. */
  addAlerts(records: readonly LogRecord[]): void {
    const source = { topic: this.#topics.alerts, partition: this.#partition };
    for (const record of records) {
      const { offset } = record;
      if (offset <= this.#alertsSeen) continue;
      this.#alertsSeen = offset;
      // The rules of thousands of devices raise at once, and nothing of that is decoded here.
      if (record.value !== null && isMadeByRule(record.value)) continue;
      const alert = this.#folded.alert(source, record);
      if (alert === undefined) continue;
      const event = operatorControlEvent({ ...source, offset }, record.value!, alert);
      if (event.action !== undefined) this.#operatorActions.push(event);
    }
  }

  /** Takes up to `max` waiting control events, in the order of their topics; they count as effective from now on. */
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
}
