import { sleep } from "@headwater/core";
import type { TopicSpec } from "../event-log.ts";
import type { Cluster } from "./cluster.ts";
import { listOffsets } from "./list-offsets.ts";
import { checkTopics } from "./topic-check.ts";

/**
 * Looks now and then at topics in use: an operator may change their settings while they are read and written, and
 * another program's transaction that is never ended keeps everybody from what lies behind it. Nothing is stopped by
 * what is found; it is said.
 */
export class TopicWatch {
  readonly #cluster: Cluster;
  readonly #everyMs: number;
  readonly #stop = new AbortController();
  #specs: readonly TopicSpec[] = [];
  #running: Promise<void> | undefined;
  /** Where the records that can be read ended at the last look, by partition, if there were others behind it. */
  #held = new Map<string, number>();
  #warnings: readonly string[] = [];

  constructor(cluster: Cluster, everyMs: number) {
    this.#cluster = cluster;
    this.#everyMs = everyMs;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** `warnings`: what was found just now. */
  watch(specs: readonly TopicSpec[], warnings: readonly string[]): void {
    this.#specs = specs;
    this.#warnings = warnings;
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { logger } = this.#cluster.settings;
    for (;;) {
      await sleep(this.#everyMs, signal).catch(() => {});
      if (signal.aborted) return;
      try {
        const found = await this.#look();
        for (const warning of found) if (!this.#warnings.includes(warning)) logger.warn({}, warning);
        this.#warnings = found;
      } catch (error) {
        // A broker that is away is told of by whoever reads or writes.
        logger.debug({ err: error }, "could not look at the settings of the topics");
      }
    }
  }

  async #look(): Promise<readonly string[]> {
    const specs = this.#specs;
    const { refusals, warnings } = await checkTopics(this.#cluster, specs);
    const held: string[] = [];
    for (const { name } of specs) held.push(...(await this.#heldIn(name)));
    return [...refusals, ...warnings, ...held];
  }

  /** Partitions whose readable end has not moved since the last look, though there are records behind it. */
  async #heldIn(topic: string): Promise<readonly string[]> {
    const partitions = Array.from({ length: this.#cluster.partitionCount(topic) }, (_, partition) => partition);
    const ends = await listOffsets(this.#cluster, topic, partitions, "latest");
    const readable = await listOffsets(this.#cluster, topic, partitions, "readable-end");
    return partitions.flatMap((partition) => {
      const key = `${topic}/${partition}`;
      const [end, at] = [ends.get(partition)!, readable.get(partition)!];
      const before = this.#held.get(key);
      if (at >= end) this.#held.delete(key);
      else this.#held.set(key, at);
      if (at >= end || before !== at) return [];
      return (
        `topic ${topic}, partition ${partition}: another program has left a transaction open, and nothing from offset ` +
        `${at} on can be read until it ends; kafka-transactions.sh --bootstrap-server ` +
        `${this.#cluster.settings.brokers.join(",")} find-hanging --topic ${topic} --partition ${partition} names it`
      );
    });
  }
}
