import { LogUnavailableError } from "../errors.ts";
import { sleep } from "@headwater/core";
import type { Coordinator } from "./coordinator.ts";
import { asTyped, brokerError, isRejection, isTransient, protocolErrorKind } from "./kafka-errors.ts";

interface PendingCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The possession of the partition under which the records were handled. */
  readonly tenure: number;
  readonly deadline: number;
  resolve(kept: boolean): void;
  reject(error: unknown): void;
}

export interface Membership {
  /** The id and generation of this member in the group; undefined while it is joining or has left. */
  current(): { readonly memberId: string; readonly generationId: number } | undefined;
  /** Whether the member has had the partition without a break since that tenure began. */
  holds(topic: string, partition: number, tenure: number): boolean;
  /** The group is at another generation than this member thought. Resolves when it has joined again, or has left. */
  rejoined(): Promise<void>;
}

interface OffsetCommitAnswer {
  readonly responses: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[];
  }[];
}

const PAUSE_MS = 100;

/** Rights that a commit needs were there when its records were fetched; rights that are taken away come back. */
const isPassing = (error: unknown): boolean => isTransient(error) || isRejection(error);

/** Commits of one member. Those that arrive while a request is under way share the next one. */
export class OffsetCommitter {
  readonly #coordinator: Coordinator;
  readonly #membership: Membership;
  readonly #timeoutMs: number;
  #pending: PendingCommit[] = [];
  #running = false;

  constructor(coordinator: Coordinator, membership: Membership, timeoutMs: number) {
    this.#coordinator = coordinator;
    this.#membership = membership;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * False if that tenure of the partition has ended, even if the partition came back since: another member may have
   * gone further meanwhile. Rejects with LogUnavailableError after the request timeout.
   */
  commit(topic: string, partition: number, offset: number, tenure: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#pending.push({
        topic,
        partition,
        offset,
        tenure,
        deadline: performance.now() + this.#timeoutMs,
        resolve,
        reject,
      });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Those of one turn together.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      const again = await this.#commit(batch);
      this.#pending = [...again, ...this.#pending];
    }
    this.#running = false;
  }

  /** Answers those that are to be tried again. */
  async #commit(batch: readonly PendingCommit[]): Promise<PendingCommit[]> {
    const mine = batch.filter((each) => {
      const isHeld = this.#membership.holds(each.topic, each.partition, each.tenure);
      if (!isHeld) each.resolve(false);
      return isHeld;
    });
    if (mine.length === 0) return [];
    const member = this.#membership.current();
    if (member === undefined) {
      await this.#membership.rejoined();
      return mine;
    }
    try {
      const answer = await this.#request(mine, member);
      return await this.#settle(mine, answer);
    } catch (error) {
      if (isPassing(error)) return this.#later(mine, error);
      for (const each of mine) each.reject(asTyped(error, "committing offsets"));
      return [];
    }
  }

  #request(
    commits: readonly PendingCommit[],
    { memberId, generationId }: { memberId: string; generationId: number },
  ): Promise<OffsetCommitAnswer> {
    const topics = [...Map.groupBy(commits, ({ topic }) => topic)].map(([topic, parts]) => {
      // Of one partition the last one counts.
      const offsets = new Map(parts.map(({ partition, offset }) => [partition, offset]));
      return { topic, partitions: [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) })) };
    });
    const options = { memberId, groupGenerationId: generationId, topics };
    return this.#coordinator.call<OffsetCommitAnswer>("OffsetCommit", options, { lenient: true });
  }

  async #settle(commits: readonly PendingCommit[], { responses }: OffsetCommitAnswer): Promise<PendingCommit[]> {
    const codes = new Map(
      responses.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, errorCode }) => [`${topic}/${partition}`, errorCode]),
      ),
    );
    const again: PendingCommit[] = [];
    let isFenced = false;
    let passing: Error | undefined;
    for (const each of commits) {
      const code = codes.get(`${each.topic}/${each.partition}`) ?? -1;
      if (code === 0) {
        each.resolve(true);
        continue;
      }
      const error = brokerError(code);
      if (protocolErrorKind(error) === "fenced") isFenced = true;
      else if (isPassing(error)) passing = error;
      else {
        each.reject(asTyped(error, "committing offsets"));
        continue;
      }
      again.push(each);
    }
    if (isFenced) await this.#membership.rejoined();
    if (passing === undefined) return again;
    this.#coordinator.reset();
    return this.#later(again, passing);
  }

  async #later(commits: readonly PendingCommit[], error: unknown): Promise<PendingCommit[]> {
    const now = performance.now();
    const [expired, again] = [
      commits.filter(({ deadline }) => deadline < now),
      commits.filter(({ deadline }) => deadline >= now),
    ];
    for (const each of expired)
      each.reject(new LogUnavailableError("Kafka did not keep an offset in time", { cause: error }));
    if (again.length > 0) await sleep(PAUSE_MS);
    return again;
  }
}
