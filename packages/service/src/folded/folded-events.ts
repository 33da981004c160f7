import { DecodeError } from "@headwater/core";
import { partitionFor, type LogRecord, type TopicNames } from "@headwater/event-log";
import {
  events,
  type AccessEvent,
  type ActionEvent,
  type AlertEvent,
  type CommandEvent,
  type PresenceEvent,
  type QuarantineEvent,
  type RebuildEvent,
  type RuleEvent,
} from "@headwater/proto";
import {
  accessFault,
  actionFault,
  alertFault,
  commandFault,
  deviceFault,
  presenceFault,
  quarantineFault,
  rebuildFault,
  ruleFault,
  type DeviceEvent,
  type Fault,
} from "./faults.ts";
import { skipReasons, type SkippedRecords } from "./skipped-records.ts";

/** Where records come from: a batch, or what is left of one. */
export interface RecordSource {
  readonly topic: string;
  readonly partition: number;
}

/** What makes a record of a topic one that counts. */
interface FoldedTopic<E> {
  readonly codec: { decode(bytes: Uint8Array): E };
  /** The key that its record has to have; undefined: its key and its partition are anything. */
  readonly keyOf: ((event: E) => string) | undefined;
  /** How many partitions its keys are spread over. */
  readonly partitions: number;
  /** Why the event counts for nothing; undefined if it counts. */
  readonly faultOf: (event: E) => Fault | undefined;
}

export interface FoldedEventsOptions {
  readonly topics: TopicNames;
  /** Of every topic that is keyed by device. */
  readonly partitions: number;
  readonly skipped: SkippedRecords;
}

/**
 * The one way in which a folded topic is read. What counts for nothing is decided here, by the record alone, so that
 * every reader skips the same records: whoever wrote them, no reader fails, and no two of them fold to another state.
 */
export class FoldedEvents {
  readonly #skipped: SkippedRecords;
  readonly #device: FoldedTopic<DeviceEvent>;
  readonly #command: FoldedTopic<CommandEvent>;
  readonly #presence: FoldedTopic<PresenceEvent>;
  readonly #alert: FoldedTopic<AlertEvent>;

  constructor({ partitions, skipped }: FoldedEventsOptions) {
    this.#skipped = skipped;
    this.#device = { codec: events.device, keyOf: ({ id }) => id, partitions, faultOf: deviceFault };
    this.#command = { codec: events.command, keyOf: ({ device }) => device, partitions, faultOf: commandFault };
    this.#presence = { codec: events.presence, keyOf: ({ device }) => device, partitions, faultOf: presenceFault };
    this.#alert = { codec: events.alert, keyOf: ({ device }) => device, partitions, faultOf: alertFault };
  }

  /** The event of a record of devices.v1; undefined if the record counts for nothing. The others likewise. */
  device(source: RecordSource, record: LogRecord): DeviceEvent | undefined {
    return this.#read(this.#device, source, record);
  }

  command(source: RecordSource, record: LogRecord): CommandEvent | undefined {
    return this.#read(this.#command, source, record);
  }

  presence(source: RecordSource, record: LogRecord): PresenceEvent | undefined {
    return this.#read(this.#presence, source, record);
  }

  alert(source: RecordSource, record: LogRecord): AlertEvent | undefined {
    return this.#read(this.#alert, source, record);
  }

  action(source: RecordSource, record: LogRecord): ActionEvent | undefined {
    return this.#read(actions, source, record);
  }

  rule(source: RecordSource, record: LogRecord): RuleEvent | undefined {
    return this.#read(rules, source, record);
  }

  access(source: RecordSource, record: LogRecord): AccessEvent | undefined {
    return this.#read(access, source, record);
  }

  quarantine(source: RecordSource, record: LogRecord): QuarantineEvent | undefined {
    return this.#read(quarantine, source, record);
  }

  rebuild(source: RecordSource, record: LogRecord): RebuildEvent | undefined {
    return this.#read(rebuilds, source, record);
  }

  #read<E>(folded: FoldedTopic<E>, { topic, partition }: RecordSource, record: LogRecord): E | undefined {
    const read = readEvent(folded, partition, record);
    if ("event" in read) return read.event;
    this.#skipped.note({ topic, partition, offset: record.offset, ...read.fault });
    return undefined;
  }
}

const rules: FoldedTopic<RuleEvent> = {
  codec: events.rule,
  keyOf: ({ rule }) => rule,
  partitions: 1,
  faultOf: ruleFault,
};
const access: FoldedTopic<AccessEvent> = {
  codec: events.access,
  keyOf: ({ id }) => id,
  partitions: 1,
  faultOf: accessFault,
};
/** In one partition, whoever takes the step. */
const rebuilds: FoldedTopic<RebuildEvent> = {
  codec: events.rebuild,
  keyOf: undefined,
  partitions: 1,
  faultOf: rebuildFault,
};
/** In the partition of its alert, whatever number of partitions there are by now. */
const actions: FoldedTopic<ActionEvent> = {
  codec: events.action,
  keyOf: undefined,
  partitions: 1,
  faultOf: actionFault,
};
/** In the partition of the record that is quarantined, under that record's key. */
const quarantine: FoldedTopic<QuarantineEvent> = {
  codec: events.quarantine,
  keyOf: undefined,
  partitions: 1,
  faultOf: quarantineFault,
};

function readEvent<E>(
  { codec, keyOf, partitions, faultOf }: FoldedTopic<E>,
  partition: number,
  { key, value }: LogRecord,
): { event: E } | { fault: Fault } {
  if (value === null) return { fault: { reason: skipReasons.noValue, detail: "it has no value" } };
  let event: E;
  try {
    event = codec.decode(value);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { fault: { reason: skipReasons.undecodable, detail: error.message } };
  }
  const fault =
    faultOf(event) ?? (keyOf === undefined ? undefined : misplaced(keyOf(event), key, partition, partitions));
  return fault === undefined ? { event } : { fault };
}

/**
 * Order is that of one partition, and compaction keeps the last record of a key: an event under another key or in
 * another partition would count differently for readers that see the log at different times.
 */
function misplaced(wanted: string, key: Uint8Array | null, partition: number, partitions: number): Fault | undefined {
  const { misplaced: reason } = skipReasons;
  if (key === null) return { reason, detail: "it has no key" };
  if (!Buffer.from(wanted).equals(key)) return { reason, detail: "its key is not what its event is about" };
  const home = partitionFor(key, partitions);
  if (home === partition) return undefined;
  return { reason, detail: `its key belongs to partition ${home}` };
}
