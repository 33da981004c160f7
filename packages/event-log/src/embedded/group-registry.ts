import { assignPartitions, type TopicPartition } from "../co-partitioning.ts";

export interface RegistryMember {
  readonly topics: readonly string[];
  owned(): readonly TopicPartition[];
  /** Delivers nothing more until `proceed`; resolves when what it has in hand has ended, or after that time. */
  quiesce(ms: number): Promise<void>;
  proceed(): void;
  revoke(partitions: readonly TopicPartition[]): Promise<void>;
  assign(partitions: readonly TopicPartition[]): Promise<void>;
  fail(error: unknown): void;
}

interface Group {
  /** By an id that sorts in the order of joining. */
  readonly members: Map<string, RegistryMember>;
  /** Rebalances happen one after the other. */
  rebalanced: Promise<void>;
}

/** How long a member finishes what it has in hand before partitions are taken from it. */
const HANDOVER_MS = 2000;
/** How long the others wait for a member that does not finish the partitions it has lost. */
const REVOKE_TIMEOUT_MS = 10_000;

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** The consumer groups of this process, which are all there are: nobody else can open the log. */
export class GroupRegistry {
  readonly #partitionCount: (topic: string) => number;
  readonly #groups = new Map<string, Group>();
  #nextMember = 1;

  constructor(partitionCount: (topic: string) => number) {
    this.#partitionCount = partitionCount;
  }

  /** Resolves when the member has its first partitions, with the function by which it leaves. */
  async join(name: string, member: RegistryMember): Promise<() => Promise<void>> {
    const group = this.#groups.get(name) ?? { members: new Map(), rebalanced: Promise.resolve() };
    this.#groups.set(name, group);
    const id = String(this.#nextMember++).padStart(12, "0");
    group.members.set(id, member);
    await this.#rebalance(group);
    return async () => {
      if (!group.members.delete(id)) return;
      if (group.members.size === 0) this.#groups.delete(name);
      // A member that leaves does not wait for the others to take over.
      void this.#rebalance(group);
    };
  }

  #rebalance(group: Group): Promise<void> {
    group.rebalanced = group.rebalanced.then(() => this.#share(group));
    return group.rebalanced;
  }

  async #share({ members }: Group): Promise<void> {
    const state = [...members].map(([id, member]) => ({ id, topics: member.topics, owned: member.owned() }));
    const counts = new Map(state.flatMap(({ topics }) => topics).map((topic) => [topic, this.#partitionCount(topic)]));
    const assignment = assignPartitions(state, counts);
    const changes = state.flatMap(({ id, owned }) => {
      const member = members.get(id);
      if (member === undefined) return [];
      const now = assignment.get(id)!;
      const nowKeys = new Set(now.map(keyOf));
      const ownedKeys = new Set(owned.map(keyOf));
      return {
        member,
        lost: owned.filter((each) => !nowKeys.has(keyOf(each))),
        gained: now.filter((each) => !ownedKeys.has(keyOf(each))),
      };
    });
    await Promise.all(changes.map(({ member, lost }) => takeAway(member, lost)));
    await Promise.all(
      changes.map(({ member, gained }) => member.assign(gained).catch((error: unknown) => member.fail(error))),
    );
  }
}

async function takeAway(member: RegistryMember, lost: readonly TopicPartition[]): Promise<void> {
  if (lost.length === 0) return;
  await member.quiesce(HANDOVER_MS);
  await within(REVOKE_TIMEOUT_MS, member, member.revoke(lost));
  member.proceed();
}

/** Waits for a member's own code, up to a limit; an error of that code ends the member and nobody else. */
async function within(ms: number, member: RegistryMember, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work.catch((error: unknown) => member.fail(error)), limit]);
  } finally {
    clearTimeout(timer);
  }
}
