/**
 * Assigns the partitions to the members of a group. Same-numbered partitions of all topics go to one member, so that
 * whoever has a device's telemetry has its alerts and commands too.
 */

export interface GroupMember {
  readonly id: string;
  readonly topics: readonly string[];
  /** Its partitions until now; kept where balance allows. */
  readonly owned: readonly TopicPartition[];
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** An assignment for every member. Every partition of every topic that a member subscribes to has exactly one owner. */
export function assignPartitions(
  members: readonly GroupMember[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, TopicPartition[]> {
  const assignment = new Map<string, TopicPartition[]>(members.map(({ id }) => [id, []]));
  for (const { subscribers, topics } of topicsBySubscribers(members).values()) {
    const count = Math.max(0, ...topics.map((topic) => partitionCounts.get(topic) ?? 0));
    const candidates = subscribers.map(({ id, owned }) => ({
      id,
      owned: new Set(owned.filter(({ topic }) => topics.includes(topic)).map(({ partition }) => partition)),
    }));
    for (const [id, numbers] of assignNumbers(candidates, count)) {
      for (const topic of topics) {
        for (const partition of numbers) {
          if (partition < (partitionCounts.get(topic) ?? 0)) assignment.get(id)?.push({ topic, partition });
        }
      }
    }
  }
  return assignment;
}

/** Topics that the same members subscribe to are shared out together; as a rule that is all of them. */
function topicsBySubscribers(
  members: readonly GroupMember[],
): Map<string, { subscribers: GroupMember[]; topics: string[] }> {
  const sets = new Map<string, { subscribers: GroupMember[]; topics: string[] }>();
  const all = [...new Set(members.flatMap(({ topics }) => topics))].toSorted();
  for (const topic of all) {
    const subscribers = members
      .filter(({ topics }) => topics.includes(topic))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const key = subscribers.map(({ id }) => id).join("\n");
    const set = sets.get(key) ?? { subscribers, topics: [] };
    set.topics.push(topic);
    sets.set(key, set);
  }
  return sets;
}

/** Balanced to within one; a member keeps its partitions up to its share. */
function assignNumbers(
  members: readonly { id: string; owned: ReadonlySet<number> }[],
  count: number,
): Map<string, number[]> {
  const numbers = new Map<string, number[]>(members.map(({ id }) => [id, []]));
  if (members.length === 0) return numbers;
  const share = Math.floor(count / members.length);
  let larger = count % members.length;
  const taken = new Set<number>();
  // The members with most partitions keep one more, so that fewer partitions move.
  for (const { id, owned } of members.toSorted((a, b) => b.owned.size - a.owned.size)) {
    const kept = [...owned].filter((number) => number < count && !taken.has(number)).toSorted((a, b) => a - b);
    const most = kept.length > share && larger > 0 ? share + 1 : share;
    if (most > share) larger--;
    for (const number of kept.slice(0, most)) {
      taken.add(number);
      numbers.get(id)?.push(number);
    }
  }
  const free = Array.from({ length: count }, (_, number) => number).filter((number) => !taken.has(number));
  for (const number of free) {
    const least = members.map(({ id }) => numbers.get(id)!).reduce((a, b) => (b.length < a.length ? b : a));
    least.push(number);
  }
  for (const list of numbers.values()) list.sort((a, b) => a - b);
  return numbers;
}

/** Those partitions that are not among the known ones. */
export function missingOf<T extends TopicPartition>(partitions: readonly T[], known: readonly TopicPartition[]): T[] {
  const keys = new Set(known.map(({ topic, partition }) => `${topic}/${partition}`));
  return partitions.filter(({ topic, partition }) => !keys.has(`${topic}/${partition}`));
}
