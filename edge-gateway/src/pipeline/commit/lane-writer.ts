import type { Logger } from "@headwater/core";
import type { DecodedMessage } from "@headwater/decode";
import { events } from "@headwater/proto";
import { identityBytes, writeEvent, writeMark, type FieldBytes } from "@headwater/proto/telemetry";
import type { GatewayMetrics } from "../../gateway-metrics.ts";
import { settleTimes, type Plausibility } from "../clock/event-time.ts";
import { frameKinds } from "../frame/frame.ts";
import type { DeviceLane, DeviceLanes } from "../lanes/device-lanes.ts";
import { dropNewest, type Lane, type Range } from "../lanes/lane.ts";
import type { Lanes } from "../lanes/lanes.ts";
import type { LostRange } from "../spool/recovery.ts";
import { calling, notKept, unacknowledged, type Acknowledgement } from "./acknowledgement.ts";
import { DropLog } from "./drop-log.ts";
import type { GroupCommit } from "./group-commit.ts";

export interface LaneWriterOptions {
  readonly lanes: Lanes;
  readonly devices: DeviceLanes;
  readonly commit: GroupCommit;
  readonly plausibility: Plausibility;
  /** The log takes no larger record. */
  readonly maxRecordBytes: number;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

/** A message that was set aside when it was taken. */
export interface RedrivenMessage {
  /** Its entry in quarantine. */
  readonly entry: string;
  readonly attempt: number;
  /** When it was taken, µs. */
  readonly at: number;
  /** Of the device that sent it. */
  readonly incarnation: number;
}

export interface EventIdentity {
  readonly gateway: string;
  readonly epoch: number;
  readonly partition: number;
  readonly n: number;
}

const noKey = new Uint8Array(0);
/** Any log takes an event that is no larger. */
const leastValueBytes = 900_000;
/** Of a record, for key and headers. */
const besideValueBytes = 16 * 1024;
const recordDropsEveryMs = 1000;

/**
 * Writes the records of telemetry.v1 into the open group commit and gives each its identity and time: events, marks and
 * gaps. Everything here is synchronous, so the order of calls is the order of every lane.
 */
export class LaneWriter {
  readonly #options: LaneWriterOptions;
  readonly #identity: FieldBytes;
  readonly #maxValueBytes: number;
  readonly #dropped: { inc(by?: number): void };
  readonly #drops: DropLog;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LaneWriterOptions) {
    this.#options = options;
    this.#dropped = options.metrics.dropped.labels({ reason: dropNewest });
    this.#drops = new DropLog(options.logger);
    this.#maxValueBytes = Math.max(leastValueBytes, options.maxRecordBytes - besideValueBytes);
    const { gateway, epoch } = options.lanes;
    this.#identity = identityBytes(gateway, epoch);
  }

  /** Begins to record drops now and then. */
  start(): void {
    this.#timer = setInterval(() => this.recordDrops(), recordDropsEveryMs);
  }

  /** Records the last drops. */
  stop(): void {
    clearInterval(this.#timer);
    this.recordDrops();
  }

  /**
   * An event of a device. Answers with its n, or 0 if the message is too large for one event; nothing was written then,
   * and nothing is acknowledged.
   */
  event(kept: DeviceLane, message: DecodedMessage, acknowledgement?: Acknowledgement): number {
    const { commit, lanes, devices, plausibility, metrics } = this.#options;
    const target = kept.isCurrent ? kept : devices.of(kept.device);
    const { lane } = target;
    if (commit.dropsNewest) return this.#dropNewest(lane, acknowledgement);
    if (lane.droppedFrom !== 0) this.#recordDrops(lane);
    const batch = commit.open;
    const n = lane.n + 1;
    const times = settleTimes(message, lanes.clock, plausibility);
    const value = batch.begin(frameKinds.event, target.partition, n, target.key);
    writeEvent(batch.writer, this.#identity, n, target.field, message.samples, times);
    if (batch.size - value > this.#maxValueBytes) {
      batch.cancel();
      return 0;
    }
    lane.next();
    lane.received += 1;
    lane.eventSinceMark = true;
    if (times.implausible > 0) metrics.implausible.inc(times.implausible);
    metrics.events.inc();
    if (acknowledgement?.packetId === unacknowledged) commit.appendUnsynced(acknowledgement);
    else commit.appendSynced(acknowledgement);
    return n;
  }

  /**
   * An event of a message that was taken at an earlier time, and set aside then: readings without a time of their own
   * have that one. `told` makes the acknowledgement of the identity that the event gets. Answers whether it fits into
   * an event; nothing was written otherwise.
   */
  redriven(
    device: string,
    message: DecodedMessage,
    { entry, attempt, at, incarnation }: RedrivenMessage,
    told: (identity: EventIdentity) => Acknowledgement,
  ): boolean {
    const { commit, lanes, devices, plausibility, metrics } = this.#options;
    const { lane, partition, key } = devices.passing(device);
    if (lane.droppedFrom !== 0) this.#recordDrops(lane);
    const { eventTime, sampleTimes, attributes } = settleTimes(
      message,
      { take: () => at, advancePast: () => {} },
      plausibility,
    );
    const { gateway, epoch } = lanes;
    const n = lane.n + 1;
    const value = events.telemetry.encode({
      ...{ gateway, epoch, n, receivedAt: lanes.clock.take(), device, eventTime, incarnation },
      readings: message.samples.flatMap(({ readings }, index) =>
        readings.map(({ metric, value: of, unit = "" }) => ({
          ...{ metric, unit, timeDelta: (sampleTimes?.[index] ?? eventTime) - eventTime },
          ...(typeof of === "number" ? { number: of } : typeof of === "boolean" ? { boolean: of } : { text: of }),
        })),
      ),
      attributes: { ...attributes },
      redrive: { entry, attempt },
    });
    if (value.length > this.#maxValueBytes) return false;
    commit.open.begin(frameKinds.event, partition, n, key);
    commit.open.writer.raw(value);
    lane.next();
    lane.received += 1;
    lane.eventSinceMark = true;
    metrics.events.inc();
    commit.appendSynced(told({ gateway, epoch, partition, n }));
    return true;
  }

  /** The promise that nothing earlier follows in the lane, and the lane's account. Answers with its n. */
  mark(lane: Lane, now: number): number {
    const { commit, lanes, metrics } = this.#options;
    if (lane.droppedFrom !== 0) this.#recordDrops(lane);
    const n = lane.next();
    commit.open.begin(frameKinds.mark, lane.partition, n, noKey);
    writeMark(commit.open.writer, this.#identity, n, lanes.clock.take(), lane);
    lane.markTaken(n, now);
    metrics.marks.inc();
    commit.appendUnsynced();
    return n;
  }

  /**
   * A mark that is durable only with everything before it in its batch: after a crash its identity, the answer, tells
   * that records without one are there.
   */
  witness(partition: number): number {
    const { commit, lanes } = this.#options;
    commit.open.hasWitness = true;
    return this.mark(lanes.of(partition), performance.now());
  }

  /**
   * Identities that will never arrive, of which `dropped` were events that were not counted before; undefined if nobody
   * knows any more, then all of them count. Resolves when a gap record that names them is durable.
   */
  async gap({ epoch, partition, from, to }: LostRange, reason: string, dropped?: number): Promise<void> {
    const { lanes, metrics, logger } = this.#options;
    const counted = dropped ?? to - from + 1;
    metrics.dropped.labels({ reason }).inc(counted);
    if (epoch !== lanes.epoch) {
      // An earlier life of the gateway: its lanes have ended, so no record of theirs can say so.
      logger.error({ epoch, partition, from, to, reason }, "events of an earlier epoch are lost");
      return;
    }
    this.#drops.add(reason, counted, { partition, from, to });
    const lane = lanes.of(partition);
    if (lane.droppedFrom !== 0) this.#recordDrops(lane);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writeGap(
      lane,
      [from, to],
      reason,
      dropped,
      calling(() => resolve()),
    );
    await promise;
  }

  /** Writes the gap records of events that were dropped and are in none yet. */
  recordDrops(): void {
    for (const lane of this.#options.lanes.all) {
      // Beyond the reserve the gap record waits for room: a crash loses it, and takes back its identities.
      if (lane.droppedFrom !== 0 && this.#options.commit.hasReserve) this.#recordDrops(lane);
    }
  }

  #dropNewest(lane: Lane, acknowledgement: Acknowledgement | undefined): number {
    const n = lane.next();
    lane.received += 1;
    if (lane.droppedFrom === 0) lane.droppedFrom = n;
    this.#dropped.inc();
    acknowledgement?.owner?.remark?.(acknowledgement.packetId, notKept);
    if (acknowledgement !== undefined) this.#options.commit.afterCommit(acknowledgement);
    return n;
  }

  #recordDrops(lane: Lane): void {
    const { droppedFrom: from, n: to } = lane;
    lane.droppedFrom = 0;
    this.#writeGap(lane, [from, to], dropNewest, to - from + 1);
    this.#drops.add(dropNewest, to - from + 1);
  }

  #writeGap(
    lane: Lane,
    range: Range,
    reason: string,
    dropped: number | undefined,
    acknowledgement?: Acknowledgement,
  ): void {
    const { lanes, commit } = this.#options;
    const n = lane.next();
    const receivedAt = lanes.clock.take();
    const value = events.telemetry.encode({
      gateway: lanes.gateway,
      epoch: lanes.epoch,
      n,
      receivedAt,
      eventTime: receivedAt,
      gap: { fromN: range[0], toN: range[1], reason, dropped: dropped ?? null },
    });
    lane.giveUp(range, reason, dropped ?? range[1] - range[0] + 1);
    commit.open.begin(frameKinds.gap, lane.partition, n, noKey);
    commit.open.writer.raw(value);
    commit.appendSynced(acknowledgement);
    // The ledger reads the lane's account in marks alone.
    this.mark(lane, performance.now());
  }
}
