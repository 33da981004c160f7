import { cloudEventHeaders, events, eventTypes, type CommandInput, type EventType } from "@headwater/proto";
import type { Logger } from "@headwater/core";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import { frameKinds, type Frame, type FrameKind } from "../frame/frame.ts";
import type { DeviceLane, DeviceLanes } from "../lanes/device-lanes.ts";
import { dropNewest } from "../lanes/lane.ts";
import type { Lanes } from "../lanes/lanes.ts";
import type { RefusalLog } from "../../refusal-log.ts";
import { notKept, type Acknowledgement } from "./acknowledgement.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { LaneWriter } from "./lane-writer.ts";
import { refusedRecord, undecodableRecord, type Undecodable } from "./quarantine-record.ts";

export interface RecordWriterOptions {
  readonly lanes: Lanes;
  readonly devices: DeviceLanes;
  readonly commit: GroupCommit;
  readonly laneWriter: LaneWriter;
  readonly metrics: GatewayMetrics;
  readonly refusals: RefusalLog;
  readonly logger: Logger;
}

/**
 * The entrance of the pipeline: lets messages in while there is room, and writes the records of the low-rate topics
 * into the open group commit (quarantine, presence, commands). The records of telemetry.v1 are the lane writer's.
 */
export class RecordWriter {
  readonly laneWriter: LaneWriter;
  readonly #options: RecordWriterOptions;
  readonly #source: string;
  #waiting: (() => void)[] = [];

  constructor(options: RecordWriterOptions) {
    this.#options = options;
    this.laneWriter = options.laneWriter;
    this.#source = `/headwater/gateway/${options.lanes.gateway}`;
    options.commit.onRoom = () => this.#admit();
  }

  get gateway(): string {
    return this.#options.lanes.gateway;
  }

  /** Whether a message can be taken now; otherwise it waits its turn with `whenAccepting`. */
  get accepting(): boolean {
    return this.#waiting.length === 0 && this.#options.commit.hasRoom;
  }

  /** Whether there is room beside what devices send, and an event would be kept. */
  get takesRedrives(): boolean {
    const { commit } = this.#options;
    return this.accepting && commit.hasReserve && !commit.dropsNewest;
  }

  /** How many messages wait for room. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Calls back, in the order of the calls, as soon as there is room. */
  whenAccepting(take: () => void): void {
    this.#waiting.push(take);
  }

  deviceLane(device: string): DeviceLane {
    return this.#options.devices.of(device);
  }

  /** A message that could not be decoded, with its bytes and the reason. */
  quarantine(what: Undecodable, acknowledgement?: Acknowledgement): void {
    const { commit, devices, metrics, lanes } = this.#options;
    if (commit.dropsNewest) {
      // It has no identity that a gap could name.
      metrics.discarded.labels({ kind: "quarantine", reason: dropNewest }).inc();
      acknowledgement?.owner?.remark?.(acknowledgement.packetId, notKept);
      if (acknowledgement !== undefined) commit.afterCommit(acknowledgement);
      return;
    }
    const at = lanes.clock.take();
    metrics.quarantined.labels({ reason: "decode" }).inc();
    const { incarnation } = devices.passing(what.device);
    const { id, device, value } = undecodableRecord(what, { gateway: this.gateway, at, incarnation });
    this.#write(frameKinds.quarantine, eventTypes.quarantine, device, id, at, value, acknowledgement);
  }

  /** A record that the log refused for good. If it had an identity, a gap names that. */
  refused(frame: Frame, topic: string): void {
    const { metrics, logger, lanes } = this.#options;
    const at = lanes.clock.take();
    if (frame.kind === frameKinds.quarantine) {
      metrics.refused.labels({ unit: "record", reason: "quarantine-record" }).inc();
      logger.error(
        { bytes: frame.value.length, device: frame.key.toString() },
        "the log refused a quarantine record; it is lost",
      );
      return;
    }
    if (frame.n > 0) {
      void this.laneWriter.gap(
        { epoch: lanes.epoch, partition: frame.partition, from: frame.n, to: frame.n },
        "log-refused",
        frame.kind === frameKinds.event ? 1 : 0,
      );
      if (frame.kind !== frameKinds.event) return;
    }
    metrics.quarantined.labels({ reason: "log" }).inc();
    const { id, device, value } = refusedRecord(frame, topic, this.gateway, lanes.epoch, at);
    this.#write(frameKinds.quarantine, eventTypes.quarantine, device, id, at, value);
  }

  presence(
    event: Parameters<typeof events.presence.encode>[0] & { readonly device: string; readonly session: string },
  ): void {
    const { commit, refusals, lanes } = this.#options;
    if (!commit.hasReserve) {
      // Devices that come and go for as long as a full spool lasts must not fill the disk.
      const text = "the spool is full: presence is not recorded";
      refusals.add("record", "presence", { device: event.device }, text);
      return;
    }
    const at = lanes.clock.take();
    const what = event.connected != null ? "connected" : event.disconnected != null ? "disconnected" : "last-will";
    const value = events.presence.encode({ ...event, at, gateway: this.gateway });
    this.#write(frameKinds.presence, eventTypes.presence, event.device, `${event.session}/${what}`, at, value);
  }

  /** A step in the life of a command that this gateway has seen. */
  command(
    event: CommandInput & { readonly device: string; readonly commandId: string },
    what: string,
    acknowledgement?: Acknowledgement,
  ): void {
    const at = this.#options.lanes.clock.take();
    const value = events.command.encode({ ...event, at });
    const id = `${event.commandId}/${what}`;
    this.#write(frameKinds.command, eventTypes.command, event.device, id, at, value, acknowledgement);
  }

  /** A record without an identity goes to the end of the spool, because its place is given up. */
  moveToEnd({ kind, partition, key, value, headers }: Frame): void {
    this.#append(kind, partition, key, value, headers);
  }

  #write(
    kind: FrameKind,
    type: EventType,
    device: string,
    id: string,
    time: number,
    value: Uint8Array,
    acknowledgement?: Acknowledgement,
  ): void {
    const { key, partition } = this.#options.devices.passing(device);
    const headers = JSON.stringify(cloudEventHeaders({ type, source: this.#source, id, time }));
    this.#append(kind, partition, key, value, headers, acknowledgement);
  }

  #append(
    kind: FrameKind,
    partition: number,
    key: Uint8Array,
    value: Uint8Array,
    headers: string | undefined,
    acknowledgement?: Acknowledgement,
  ): void {
    const { commit } = this.#options;
    commit.open.begin(kind, partition, 0, key, headers);
    commit.open.writer.raw(value);
    commit.appendSynced(acknowledgement);
  }

  /** Lets in waiting messages as far as there is room. */
  #admit(): void {
    let taken = 0;
    while (taken < this.#waiting.length && this.#options.commit.hasRoom) {
      this.#waiting[taken]!();
      taken += 1;
    }
    if (taken > 0) this.#waiting = this.#waiting.slice(taken);
  }
}
