import type { Protocol } from "kafkajs/src/network/connection.js";
import { KafkaReader, KafkaWriter } from "./wire.ts";

const API_KEY = 0;
const API_VERSION = 7;
/** All replicas that are in sync have it. */
const ALL = -1;

export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset: number;
}

interface ProduceAnswer {
  readonly partitions: readonly ProducedPartition[];
  /** By kafkajs's name for it, which then sends nothing for so long (milliseconds). */
  readonly clientSideThrottleTime: number;
}

/** Produce, with the batches as they are: kafkajs would encode each record again from an object of its own. */
export function produceRequest(
  batches: readonly PartitionBatch[],
  timeoutMs: number,
): Protocol<readonly ProducedPartition[], ProduceAnswer> {
  return {
    request: {
      apiKey: API_KEY,
      apiVersion: API_VERSION,
      apiName: "Produce",
      encode: async () => {
        const byTopic = Map.groupBy(batches, ({ topic }) => topic);
        const size = batches.reduce((sum, { topic, batch }) => sum + batch.length + topic.length + 32, 64);
        const writer = new KafkaWriter(size).string(null).int16(ALL).int32(timeoutMs).int32(byTopic.size);
        for (const [topic, parts] of byTopic) {
          writer.string(topic).int32(parts.length);
          for (const { partition, batch } of parts) writer.int32(partition).bytes(batch);
        }
        return writer.finish();
      },
    },
    response: {
      decode: async (payload: Buffer) => decode(new KafkaReader(payload)),
      parse: async ({ partitions }: ProduceAnswer) => partitions,
    },
  };
}

function decode(reader: KafkaReader): ProduceAnswer {
  const partitions = reader
    .array(() => {
      const topic = reader.string();
      return reader.array(() => {
        const part = { topic, partition: reader.int32(), errorCode: reader.int16(), baseOffset: reader.int64() };
        // The append time and the log's start.
        reader.int64();
        reader.int64();
        return part;
      });
    })
    .flat();
  return { partitions, clientSideThrottleTime: reader.throttle() };
}
