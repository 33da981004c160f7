import { cloudEventHeaders, events, eventTypes, type CommandInput, type EventType } from "@headwater/proto";
import type { Logger } from "@headwater/core";
import type { DecodedMessage } from "@headwater/decode";
import { settleTimes, type Plausibility } from "../clock/event-time.ts";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import type { Lane, Range } from "../lanes/lane.ts";
import type { Lanes } from "../lanes/lanes.ts";
import { identityBytes, writeEvent, writeMark, type FieldBytes } from "@headwater/proto/telemetry";
import { beginFrame, endFrame, frameKinds, type Frame, type FrameKind } from "../frame/frame.ts";
import type { LostRange } from "../spool/recovery.ts";
import { DeviceLanes, type DeviceLane } from "../lanes/device-lanes.ts";
import { DropLog } from "./drop-log.ts";
import type { GroupCommit } from "./group-commit.ts";
import { refusedRecord, undecodableRecord, type Undecodable } from "./quarantine-record.ts";
import { unacknowledged, type Owner, type DurableCallback } from "../batch/record-batch.ts";

export interface RecordWriterOptions {
  readonly lanes: Lanes;
  readonly partitions: number;
  readonly commit: GroupCommit;
  readonly checksums: boolean;
  readonly plausibility: Plausibility;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

const dropNewest = "drop-newest";
const noKey = new Uint8Array(0);
/** The log takes no record that is much larger (`maxRecordBytes`, about what Kafka takes). */
const maxValueBytes = 900_000;

/**
 * Where everything that becomes a record goes in: it gives identity and time, writes the record into the open group
 * commit, and calls back when that is durable. Everything here is synchronous, so the order of calls is the order of
 * every lane.
 */
export class RecordWriter {
  readonly #options: RecordWriterOptions;
  readonly #identity: FieldBytes;
  readonly #source: string;
  readonly #devices: DeviceLanes;
  readonly #dropped: { inc(by?: number): void };
  readonly #drops: DropLog;
  #waiting: (() => void)[] = [];

  constructor(options: RecordWriterOptions) {
    this.#options = options;
    this.#dropped = options.metrics.dropped.labels({ reason: dropNewest });
    this.#drops = new DropLog(options.logger);
    this.#devices = new DeviceLanes(options.lanes, options.partitions);
    const { gateway, epoch } = options.lanes;
    this.#identity = identityBytes(gateway, epoch);
    this.#source = `/headwater/gateway/${gateway}`;
  }

  get gateway(): string {
    return this.#options.lanes.gateway;
  }

  /** Whether a message can be taken now; else it waits its turn with `whenAccepting`. */
  get accepting(): boolean {
    return this.#waiting.length === 0 && this.#options.commit.hasRoom;
  }

  /** How many messages wait for room. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Calls back, in the order of the calls, as soon as there is room. */
  whenAccepting(take: () => void): void {
    this.#waiting.push(take);
  }

  /** There may be room again. */
  admit(): void {
    let taken = 0;
    while (taken < this.#waiting.length && this.#options.commit.hasRoom) {
      this.#waiting[taken]!();
      taken += 1;
    }
    if (taken > 0) this.#waiting = this.#waiting.slice(taken);
  }

  deviceLane(device: string): DeviceLane {
    return this.#devices.of(device);
  }

  /**
   * An event of telemetry.v1. Answers with its n, or 0 if it is too large to be one (nothing was written then).
   * `onDurable` is called when it is durable.
   */
  event(
    target: DeviceLane,
    message: DecodedMessage,
    onDurable: DurableCallback | undefined,
    owner?: Owner,
    packetId?: number,
  ): number {
    const { commit, lanes, checksums, plausibility, metrics } = this.#options;
    const { lane } = target;
    if (commit.dropsNewest) return this.#dropNewest(lane, onDurable, owner, packetId);
    if (lane.droppedFrom !== 0) this.#recordDropped(lane);
    const { writer } = commit.open;
    const start = writer.position;
    const n = lane.n + 1;
    const times = settleTimes(message, lanes.clock, plausibility);
    beginFrame(writer, { kind: frameKinds.event, partition: target.partition, n, key: target.key });
    const value = writer.position;
    writeEvent(writer, this.#identity, n, target.field, message.samples, times);
    if (writer.position - value > maxValueBytes) {
      writer.position = start;
      return 0;
    }
    endFrame(writer, start, checksums);
    lane.next();
    lane.received += 1;
    lane.eventSinceMark = true;
    if (times.implausible > 0) metrics.implausible.inc(times.implausible);
    metrics.events.inc();
    if (packetId === unacknowledged) commit.appendUnsynced(onDurable, owner);
    else commit.appendSynced(onDurable, owner, packetId);
    return n;
  }

  /** Puts on record what was dropped, where it is not yet. */
  recordDropped(): void {
    for (const lane of this.#options.lanes.all) {
      // Beyond the reserve it waits for room: then it is lost with the process, and so are its identities.
      if (lane.droppedFrom !== 0 && this.#options.commit.hasReserve) this.#recordDropped(lane);
    }
  }

  #dropNewest(lane: Lane, onDurable: DurableCallback | undefined, owner?: Owner, packetId?: number): number {
    const n = lane.next();
    lane.received += 1;
    if (lane.droppedFrom === 0) lane.droppedFrom = n;
    this.#dropped.inc();
    this.#options.commit.afterCommit(onDurable, owner, packetId);
    return n;
  }

  #recordDropped(lane: Lane): void {
    const { droppedFrom: from, n: to } = lane;
    lane.droppedFrom = 0;
    this.#giveUp(lane, [from, to], dropNewest, to - from + 1);
    this.#drops.add(dropNewest, to - from + 1);
  }

  /** The promise that nothing earlier follows in the lane, and its account. */
  mark(lane: Lane, now: number): void {
    const { commit, lanes, checksums, metrics } = this.#options;
    if (lane.droppedFrom !== 0) this.#recordDropped(lane);
    const { writer } = commit.open;
    const n = lane.next();
    const start = beginFrame(writer, { kind: frameKinds.mark, partition: lane.partition, n, key: noKey });
    writeMark(writer, this.#identity, n, lanes.clock.take(), lane);
    endFrame(writer, start, checksums);
    lane.markTaken(n, now);
    metrics.marks.inc();
    commit.appendUnsynced();
  }

  /** Identities that will never arrive, `events` of them events (by default all). Resolves when that is on record. */
  async gap({ epoch, partition, from, to }: LostRange, reason: string, events = to - from + 1): Promise<void> {
    const { lanes, metrics, logger } = this.#options;
    metrics.dropped.labels({ reason }).inc(events);
    if (epoch !== lanes.epoch) {
      // An earlier life of the gateway: its lanes have ended, so no record of theirs can say so.
      logger.error({ epoch, partition, from, to, reason }, "events of an earlier epoch are lost");
      return;
    }
    this.#drops.add(reason, events, { partition, from, to });
    const lane = lanes.of(partition);
    if (lane.droppedFrom !== 0) this.#recordDropped(lane);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#giveUp(lane, [from, to], reason, events, () => resolve());
    await promise;
  }

  /** A record without an identity goes to the end of the spool, because its place is given up. */
  moveToEnd({ kind, partition, key, value, headers }: Frame): void {
    this.#write(kind, partition, 0, key, value, headers);
    this.#options.commit.appendSynced();
  }

  #giveUp(lane: Lane, range: Range, reason: string, count: number, onDurable?: DurableCallback): void {
    const { lanes, commit } = this.#options;
    const n = lane.next();
    const receivedAt = lanes.clock.take();
    const value = events.telemetry.encode({
      gateway: lanes.gateway,
      epoch: lanes.epoch,
      n,
      receivedAt,
      eventTime: receivedAt,
      gap: { fromN: range[0], toN: range[1], reason },
    });
    lane.giveUp(range, reason, count);
    this.#write(frameKinds.gap, lane.partition, n, noKey, value);
    commit.appendSynced(onDurable);
    // The gap names identities, of marks too; how many events that were, only the account says.
    this.mark(lane, performance.now());
  }

  /** What could not be decoded, with its bytes and the reason. */
  quarantine(what: Undecodable, onDurable: DurableCallback | undefined, owner?: Owner, packetId?: number): void {
    const { commit, metrics } = this.#options;
    if (commit.dropsNewest) {
      // It has no identity that a gap could name.
      metrics.discarded.labels({ kind: "quarantine", reason: dropNewest }).inc();
      commit.afterCommit(onDurable, owner, packetId);
      return;
    }
    const at = this.#options.lanes.clock.take();
    metrics.quarantined.labels({ reason: "decode" }).inc();
    const { id, device, value } = undecodableRecord(what, this.gateway, at);
    this.#lowRate(frameKinds.quarantine, eventTypes.quarantine, device, id, at, value, onDurable, owner, packetId);
  }

  /** A record that the log refused for good. If it was an event, its identity becomes a gap. */
  refused(frame: Frame, topic: string): void {
    const { metrics, logger, lanes } = this.#options;
    const at = lanes.clock.take();
    if (frame.kind === frameKinds.quarantine) {
      metrics.refused.labels({ reason: "quarantine-record" }).inc();
      logger.error(
        { bytes: frame.value.length, device: frame.key.toString() },
        "the log refused a quarantine record; it is lost",
      );
      return;
    }
    if (frame.n > 0) {
      void this.gap(
        { epoch: lanes.epoch, partition: frame.partition, from: frame.n, to: frame.n },
        "log-refused",
        frame.kind === frameKinds.event ? 1 : 0,
      );
      if (frame.kind !== frameKinds.event) return;
    }
    metrics.quarantined.labels({ reason: "log" }).inc();
    const { id, device, value } = refusedRecord(frame, topic, this.gateway, lanes.epoch, at);
    this.#lowRate(frameKinds.quarantine, eventTypes.quarantine, device, id, at, value, undefined);
  }

  presence(
    event: Parameters<typeof events.presence.encode>[0] & { readonly device: string; readonly session: string },
  ): void {
    const { commit, metrics } = this.#options;
    if (!commit.hasReserve) {
      // Devices that come and go for as long as a full spool lasts must not fill the disk.
      metrics.refused.labels({ reason: "presence" }).inc();
      return;
    }
    const at = this.#options.lanes.clock.take();
    const what = event.connected != null ? "connected" : event.disconnected != null ? "disconnected" : "last-will";
    const value = events.presence.encode({ ...event, at, gateway: this.gateway });
    this.#lowRate(
      frameKinds.presence,
      eventTypes.presence,
      event.device,
      `${event.session}/${what}`,
      at,
      value,
      undefined,
    );
  }

  /** What became of a command, as this gateway saw it. */
  command(
    event: CommandInput & { readonly device: string; readonly commandId: string },
    what: string,
    onDurable?: DurableCallback,
    owner?: Owner,
    packetId?: number,
  ): void {
    const at = this.#options.lanes.clock.take();
    const value = events.command.encode({ ...event, at });
    this.#lowRate(
      frameKinds.command,
      eventTypes.command,
      event.device,
      `${event.commandId}/${what}`,
      at,
      value,
      onDurable,
      owner,
      packetId,
    );
  }

  #lowRate(
    kind: FrameKind,
    type: EventType,
    device: string,
    id: string,
    time: number,
    value: Uint8Array,
    onDurable: DurableCallback | undefined,
    owner?: Owner,
    packetId?: number,
  ): void {
    const { commit } = this.#options;
    const { key, partition } = this.#devices.passing(device);
    const headers = JSON.stringify(cloudEventHeaders({ type, source: this.#source, id, time }));
    this.#write(kind, partition, 0, key, value, headers);
    commit.appendSynced(onDurable, owner, packetId);
  }

  #write(kind: FrameKind, partition: number, n: number, key: Uint8Array, value: Uint8Array, headers?: string): void {
    const { writer } = this.#options.commit.open;
    const start = beginFrame(writer, { kind, partition, n, key, headers });
    writer.raw(value);
    endFrame(writer, start, this.#options.checksums);
  }
}
