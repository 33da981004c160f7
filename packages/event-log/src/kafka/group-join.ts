import type { TopicPartition } from "../co-partitioning.ts";
import type { Cluster } from "./cluster.ts";
import type { Coordinator } from "./coordinator.ts";
import { ASSIGNER, decodeAssignment, encodeAssignments, encodeMember, topicsOf } from "./group-protocol.ts";

/** A member that joins. */
export interface JoiningMember {
  readonly topics: readonly string[];
  /** Its partitions at the time of the call: some may be revoked until the request is sent. */
  readonly owned: () => readonly TopicPartition[];
  /** The id that the group knows it by; empty before its first join. */
  readonly id: string;
  /** The group has given it this id. */
  readonly onId: (memberId: string) => void;
}

/** The place of a member in one generation of its group. */
export interface Membership {
  readonly generationId: number;
  readonly assignment: readonly TopicPartition[];
}

interface JoinTimings {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

interface JoinAnswer {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

/**
 * One round of Kafka's rebalance protocol, JoinGroup and SyncGroup: resolves when every member of the group has come
 * back, or its time is up. The member that the group names leader assigns the partitions for all of them.
 */
export async function joinGroup(
  cluster: Cluster,
  coordinator: Coordinator,
  timings: JoinTimings,
  member: JoiningMember,
): Promise<Membership> {
  for (const topic of member.topics) await cluster.partitionsOf(topic);
  const answer = await requestJoin(cluster, coordinator, timings, member);
  const { generationId, memberId } = answer;
  const groupAssignment = answer.leaderId === memberId ? await assignments(cluster, answer) : [];
  const { memberAssignment } = await coordinator.call<{ memberAssignment: Buffer }>("SyncGroup", {
    generationId,
    memberId,
    groupAssignment,
  });
  return { generationId, assignment: decodeAssignment(memberAssignment) };
}

async function requestJoin(
  cluster: Cluster,
  coordinator: Coordinator,
  { sessionTimeoutMs: sessionTimeout, rebalanceTimeoutMs: rebalanceTimeout }: JoinTimings,
  { topics, owned, id, onId }: JoiningMember,
): Promise<JoinAnswer> {
  const groupProtocols = [{ name: ASSIGNER, metadata: encodeMember(topics, owned()) }];
  const ask = (memberId: string): Promise<JoinAnswer> =>
    coordinator.call<JoinAnswer>(
      "JoinGroup",
      { sessionTimeout, rebalanceTimeout, memberId, protocolType: "consumer", groupProtocols },
      { requestTimeoutMs: rebalanceTimeout + cluster.settings.requestTimeoutMs },
    );
  let answer: JoinAnswer;
  try {
    answer = await ask(id);
  } catch (error) {
    // The first request only makes the id known, so that a member that never comes back leaves nothing behind.
    if (!(error instanceof Error && "memberId" in error && typeof error.memberId === "string")) throw error;
    onId(error.memberId);
    answer = await ask(error.memberId);
  }
  onId(answer.memberId);
  return answer;
}

async function assignments(
  cluster: Cluster,
  { members }: JoinAnswer,
): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
  const counts = new Map<string, number>();
  for (const topic of topicsOf(members)) counts.set(topic, await cluster.partitionsOf(topic));
  return encodeAssignments(members, counts);
}
