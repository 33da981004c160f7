import { LogUnavailableError } from "../errors.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import type { Cluster } from "./cluster.ts";

const EARLIEST = -2;
const LATEST = -1;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;

interface ListOffsetsAnswer {
  readonly responses: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
  }[];
}

/**
 * Offsets of partitions: the first held, the next to be written, or the first that was appended at or after a time
 * (milliseconds; -1 where there is none). The readable end is that of readers: the next offset to be written, or the
 * beginning of the oldest transaction that is open. Transient errors are retried for the request timeout.
 */
export function listOffsets(
  cluster: Cluster,
  topic: string,
  partitions: readonly number[],
  at: "earliest" | "latest" | "readable-end" | number,
): Promise<Map<number, number>> {
  const timestamp = at === "earliest" ? EARLIEST : typeof at === "string" ? LATEST : at;
  const isolationLevel = at === "readable-end" ? READ_COMMITTED : READ_UNCOMMITTED;
  return cluster.retrying(`looking up offsets of ${topic}`, async () => {
    const byLeader = Map.groupBy(partitions, (partition) => cluster.leaderOf(topic, partition));
    if (byLeader.has(undefined)) throw new LogUnavailableError(`a partition of ${topic} has no leader`);
    const answers = await Promise.all(
      [...byLeader].map(([leader, numbers]) =>
        cluster.call<ListOffsetsAnswer>(leader!, "ListOffsets", {
          replicaId: -1,
          isolationLevel,
          topics: [{ topic, partitions: numbers.map((partition) => ({ partition, timestamp })) }],
        }),
      ),
    );
    const found = answers.flatMap(({ responses }) => responses.flatMap((response) => response.partitions));
    return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
  });
}

/**
 * The next offset to be written of partitions that this connection's broker leads, by topic and partition. Rejects as
 * `call` does.
 */
export async function endsOver(
  connection: BrokerConnection,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Promise<Map<string, Map<number, number>>> {
  const { responses } = await connection.call<ListOffsetsAnswer>("ListOffsets", {
    replicaId: -1,
    isolationLevel: 0,
    topics: [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, each]) => ({
      topic,
      partitions: each.map(({ partition }) => ({ partition, timestamp: LATEST })),
    })),
  });
  return new Map(
    responses.map((each) => [
      each.topic,
      new Map(each.partitions.map(({ partition, offset }) => [partition, Number(offset)])),
    ]),
  );
}
