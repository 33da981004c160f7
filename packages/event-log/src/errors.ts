import { HeadwaterError, type ErrorDetails } from "@headwater/core";
import type { AppendedRange, Position } from "./event-log.ts";

/** The log cannot be reached or did not take the records; nothing landed. */
export class LogUnavailableError extends HeadwaterError {
  readonly advice = "retry";
  readonly code = "log-unavailable";
}

/** The log does not accept this client's credentials or certificate, or they do not suffice for the request. */
export class LogRejectedCredentialsError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "log-rejected-credentials";
}

/** There is no such topic, or no such partition of it. Topics are made by `ensureTopics` alone. */
export class UnknownTopicError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "unknown-topic";
}

/** A topic exists with another number of partitions than it has to have. */
export class TopicMismatchError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "topic-mismatch";
}

/**
 * A position lies beyond the end of its partition: it was taken from another log, or this log has lost records.
 * Reading on from the end would skip records in silence.
 */
export class ForeignPositionError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "foreign-position";

  constructor({ topic, partition, offset }: Position, end: number) {
    super(
      `position ${offset} of ${topic}, partition ${partition}, lies beyond the log's end ${end}: ` +
        "it belongs to another log, or this one lost records; a consumer group that was set there is set back with " +
        "kafka-consumer-groups.sh --reset-offsets --to-earliest (what was stored already is stored again as it was)",
      { details: { topic, partition, offset, end } },
    );
  }
}

/** A topic was deleted and made anew while it was read: positions in it belong to the one that is gone. */
export class TopicRecreatedError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "topic-recreated";

  constructor(topic: string) {
    super(`topic ${topic} was deleted and made anew: what it held is gone, and positions in it mean nothing any more`, {
      details: { topic },
    });
  }
}

/**
 * The log answers and cannot be used: it is damaged, holds records that cannot be read, or lacks an ability that is
 * needed.
 */
export class LogUnusableError extends HeadwaterError {
  readonly advice = "stop";
  readonly code = "log-unusable";
}

/** Records that will never be taken (too large, say); `indexes` names them, all others landed. */
export class RecordRefusedError extends HeadwaterError {
  readonly advice = "quarantine";
  readonly code = "record-refused";
  readonly indexes: readonly number[];

  constructor(message: string, indexes: readonly number[], options: ErrorDetails = {}) {
    super(message, options);
    this.indexes = indexes;
  }
}

/**
 * The partition ends before the place where an earlier append landed: the log has lost acknowledged records.
 * Nothing of this append landed. An appender that still has the lost records sends them first; any other repeats the
 * append.
 */
export class LogShortenedError extends LogUnavailableError {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to be written. */
  readonly end: number;
  /** The next offset to be written as of the last append that landed. */
  readonly was: number;

  constructor(topic: string, partition: number, end: number, was: number, isRecreated = false) {
    super(
      isRecreated
        ? `topic ${topic} was deleted and made anew; its partition ${partition} had taken records up to ${was}`
        : `partition ${partition} of ${topic} ends at ${end}, and had taken records up to ${was}`,
    );
    this.topic = topic;
    this.partition = partition;
    this.end = end;
    this.was = was;
  }
}

/** Rejection of an `append` of which the log will never take some records; tells them, and where the others landed. */
export class SomeRecordsRefusedError extends RecordRefusedError {
  /** In the order in which they were handed over, per partition; the refused ones have no place. */
  readonly landed: readonly AppendedRange[];

  constructor(
    message: string,
    indexes: readonly number[],
    landed: readonly AppendedRange[],
    options: ErrorDetails = {},
  ) {
    super(message, indexes, options);
    this.landed = landed;
  }
}
