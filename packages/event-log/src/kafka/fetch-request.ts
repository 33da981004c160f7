import type { Protocol } from "kafkajs/src/network/connection.js";
import type { AbortedTransaction } from "./aborted-transactions.ts";
import { KafkaReader, KafkaWriter } from "./wire.ts";

const API_KEY = 1;
const API_VERSION = 11;
const CONSUMER = -1;
const READ_COMMITTED = 1;

export interface FetchPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly maxBytes: number;
}

export interface FetchLimits {
  /** How long the broker waits for the first byte. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  /** Transactions with records in this range that were given up. */
  readonly aborted: readonly AbortedTransaction[];
  readonly records: Buffer;
}

export interface FetchAnswer {
  /**
   * By kafkajs's name for it: how long this client should ask for nothing (milliseconds), having used up its quota.
   * Such an answer has no partitions, and says nothing about them.
   */
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

/** Fetch, with the record batches left as they are: they are decoded when they are delivered. */
export function fetchRequest(
  partitions: readonly FetchPartition[],
  { maxWaitMs, maxBytes }: FetchLimits,
): Protocol<FetchAnswer> {
  return {
    request: {
      apiKey: API_KEY,
      apiVersion: API_VERSION,
      apiName: "Fetch",
      encode: async () => {
        const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
        const writer = new KafkaWriter(64 + partitions.length * 64)
          .int32(CONSUMER)
          .int32(maxWaitMs)
          .int32(1)
          .int32(maxBytes)
          .int8(READ_COMMITTED)
          // No session.
          .int32(0)
          .int32(-1)
          .int32(byTopic.size);
        for (const [topic, parts] of byTopic) {
          writer.string(topic).int32(parts.length);
          for (const { partition, offset, maxBytes: most } of parts) {
            writer.int32(partition).int32(-1).int64(offset).int64(-1).int32(most);
          }
        }
        return writer.int32(0).string("").finish();
      },
    },
    response: { decode: async (payload: Buffer) => decode(new KafkaReader(payload)), parse: async (answer) => answer },
  } as Protocol<FetchAnswer>;
}

function decode(reader: KafkaReader): FetchAnswer {
  const clientSideThrottleTime = reader.throttle();
  const errorCode = reader.int16();
  reader.int32();
  const partitions = reader.array(() => {
    const topic = reader.string();
    return reader.array(() => {
      const partition = reader.int32();
      const partitionError = reader.int16();
      const highWatermark = reader.int64();
      reader.int64();
      const logStartOffset = reader.int64();
      const aborted = reader.array(() => ({ producerId: reader.bigint64(), firstOffset: reader.int64() }));
      reader.int32();
      return {
        ...{ topic, partition, errorCode: partitionError, highWatermark, logStartOffset, aborted },
        records: reader.bytes(),
      };
    });
  });
  return { clientSideThrottleTime, errorCode, partitions: partitions.flat() };
}
