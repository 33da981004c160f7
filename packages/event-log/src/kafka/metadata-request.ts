import type { Protocol } from "kafkajs/src/network/connection.js";
import { KafkaReader, KafkaWriter } from "./wire.ts";

export const METADATA_KEY = 3;
/** The first version that tells the ids of topics. */
export const METADATA_VERSION = 10;
const NO_ID = "0".repeat(32);

export interface MetadataAnswer {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly controllerId: number;
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly topic: string;
    /** Another one for a topic that was deleted and made anew; absent from brokers before 2.8. */
    readonly topicId?: string | undefined;
    readonly partitionMetadata: readonly {
      readonly partitionErrorCode: number;
      readonly partitionId: number;
      readonly leader: number;
      readonly replicas: readonly number[];
    }[];
  }[];
}

/** Metadata with the ids of topics, of which kafkajs knows nothing. No topic is made by asking for it. */
export function metadataRequest(topics: readonly string[]): Protocol<MetadataAnswer> {
  return {
    request: {
      apiKey: METADATA_KEY,
      apiVersion: METADATA_VERSION,
      apiName: "Metadata",
      encode: async () => {
        // The header's own tagged fields come before the body, and kafkajs writes the header without them.
        const writer = new KafkaWriter(32 + topics.length * 64).uvarint(0).uvarint(topics.length + 1);
        for (const topic of topics) writer.int64(0).int64(0).compactString(topic).uvarint(0);
        return writer.int8(0).int8(0).int8(0).uvarint(0).finish();
      },
    },
    response: { decode: async (payload: Buffer) => decode(new KafkaReader(payload)), parse: async (answer) => answer },
  } as Protocol<MetadataAnswer>;
}

function decode(reader: KafkaReader): MetadataAnswer {
  reader.tags();
  const clientSideThrottleTime = reader.int32();
  const brokers = reader.compactArray(() => {
    const broker = { nodeId: reader.int32(), host: reader.compactString(), port: reader.int32() };
    reader.compactString();
    reader.tags();
    return broker;
  });
  reader.compactString();
  const controllerId = reader.int32();
  const topicMetadata = reader.compactArray(() => {
    const [topicErrorCode, topic, id] = [reader.int16(), reader.compactString(), reader.hex(16)];
    reader.int8();
    const partitionMetadata = reader.compactArray(() => decodePartition(reader));
    reader.int32();
    reader.tags();
    return { topicErrorCode, topic, topicId: id === NO_ID ? undefined : id, partitionMetadata };
  });
  const answer = { brokers, controllerId, topicMetadata, clientSideThrottleTime };
  return answer;
}

function decodePartition(reader: KafkaReader): MetadataAnswer["topicMetadata"][number]["partitionMetadata"][number] {
  const [partitionErrorCode, partitionId, leader] = [reader.int16(), reader.int32(), reader.int32()];
  reader.int32();
  const replicas = reader.compactArray(() => reader.int32());
  reader.compactArray(() => reader.int32());
  reader.compactArray(() => reader.int32());
  reader.tags();
  return { partitionErrorCode, partitionId, leader, replicas };
}
