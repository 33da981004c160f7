import { LogUnusableError } from "../errors.ts";
import assignerProtocol from "kafkajs/src/consumer/assignerProtocol.js";
import { assignPartitions, type GroupMember, type TopicPartition } from "../co-partitioning.ts";

/** All members of a group have to speak the same; a change that old members would misread takes a new name. */
export const ASSIGNER = "headwater-co-partitioned-1";
const VERSION = 1;

/** The metadata of a member that joins: its topics, and the partitions it owns, so that it can keep them. */
export function encodeMember(topics: readonly string[], owned: readonly TopicPartition[]): Buffer {
  const userData = Buffer.from(JSON.stringify(byTopic(owned)));
  return assignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData });
}

/** The leader's part: an assignment for every member that joined. */
export function encodeAssignments(
  joined: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[],
  partitionCounts: ReadonlyMap<string, number>,
): { memberId: string; memberAssignment: Buffer }[] {
  const members = joined.map(decodeMember);
  return [...assignPartitions(members, partitionCounts)].map(([memberId, partitions]) => ({
    memberId,
    memberAssignment: assignerProtocol.MemberAssignment.encode({ version: VERSION, assignment: byTopic(partitions) }),
  }));
}

export function topicsOf(joined: readonly { readonly memberMetadata: Buffer }[]): string[] {
  return [
    ...new Set(joined.flatMap(({ memberMetadata }) => assignerProtocol.MemberMetadata.decode(memberMetadata).topics)),
  ];
}

export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return [];
  const assignment = assignerProtocol.MemberAssignment.decode(bytes)?.assignment ?? {};
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}

function decodeMember({ memberId, memberMetadata }: { memberId: string; memberMetadata: Buffer }): GroupMember {
  const { topics, userData } = assignerProtocol.MemberMetadata.decode(memberMetadata);
  try {
    const owned = JSON.parse((userData ?? Buffer.from("{}")).toString()) as Record<string, number[]>;
    const partitions = Object.entries(owned).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    );
    return { id: memberId, topics, owned: partitions };
  } catch (error) {
    throw new LogUnusableError(
      `member ${memberId} of the group is no member of Headwater: it says what nobody understands`,
      { cause: error },
    );
  }
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const topics: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) (topics[topic] ??= []).push(partition);
  return topics;
}
