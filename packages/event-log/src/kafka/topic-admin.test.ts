import { LogUnusableError } from "../errors.ts";
import { LogUnavailableError } from "../errors.ts";
import { expect, it } from "vitest";
import type { Cluster } from "./cluster.ts";
import { ensureTopics } from "./topic-admin.ts";

const spec = { name: "t", partitions: 1, cleanup: "delete" as const };

/** A cluster that answers in turn with these numbers of brokers in service, and these answers to CreateTopics. */
function clusterOf(brokers: number[], answers: { errorCode: number; errorMessage?: string }[]) {
  const asked: number[] = [];
  let made = false;
  const cluster = {
    brokerCount: brokers[0],
    learn: async () => {},
    refresh: async () => {},
    partitionCount: () => (made ? 1 : 0),
    partitionsOf: async () => 1,
    writeOnly: () => {},
    ackedBy: () => {},
    replicasOf: () => 1,
    async call(_node: number, _api: string, { topics }: { topics: { replicationFactor: number }[] }) {
      asked.push(topics[0]!.replicationFactor);
      const answer = answers.shift()!;
      made = answer.errorCode === 0;
      return { topicErrors: [answer] };
    },
    async retrying(_doing: string, attempt: () => Promise<unknown>) {
      for (;;) {
        try {
          return await attempt();
        } catch (error) {
          if (!(error instanceof LogUnavailableError)) throw error;
          brokers.shift();
          cluster.brokerCount = brokers[0];
        }
      }
    },
  };
  return { cluster: cluster as unknown as Cluster, asked };
}

it("while no broker is in service no topic is asked for with no replica", async () => {
  const { cluster, asked } = clusterOf([0, 0, 2], [{ errorCode: 0 }]);
  await ensureTopics(cluster, [spec], undefined);
  expect(asked).toEqual([2]);
});

it("brokers that the controller has fenced are waited for; more replicas than brokers are an error", async () => {
  const fenced = { errorCode: 38, errorMessage: "Unable to replicate: All brokers are currently fenced." };
  const { cluster, asked } = clusterOf([1, 1], [fenced, { errorCode: 0 }]);
  await ensureTopics(cluster, [spec], 1);
  expect(asked).toEqual([1, 1]);
  const few = clusterOf([1], [{ errorCode: 38, errorMessage: "only 1 broker(s) are registered." }]);
  await expect(ensureTopics(few.cluster, [spec], 3)).rejects.toThrow(LogUnusableError);
});
