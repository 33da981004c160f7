import { InvariantError, type Logger, Pace } from "@headwater/core";
import type { EventLog, Following, LogBatch, TopicNames } from "@headwater/event-log";
import { SeenDerivations } from "@headwater/proto/telemetry";
import type { FoldedEvents } from "@headwater/service";
import { AlertsTold } from "./alerts-told.ts";
import { CommandsTold } from "./commands-told.ts";
import type { Listener } from "./listener.ts";
import type { ToldBefore } from "./stream-event.ts";
import { StreamPosition } from "./stream-position.ts";
import { type StreamTopic, streamTopics } from "./stream-topic.ts";
import { ToldBatch } from "./told-batch.ts";

export interface LiveFeedOptions {
  readonly log: Pick<EventLog, "follow" | "positions" | "read">;
  readonly topicNames: TopicNames;
  readonly folded: FoldedEvents;
  readonly logger: Logger;
  /** The server closes. */
  readonly closing: AbortSignal;
}

const heartbeatMs = 15_000;
/** Batches that wait for a listener which is told of earlier ones still. */
const maxHeld = 200;

/** Whether events were told of before, to whoever listens from some place on. */
export function toldFrom(position: StreamPosition): ToldBefore {
  const derivations = new Map<number, SeenDerivations>();
  return {
    alerts: new AlertsTold(),
    commands: new CommandsTold(),
    derivedOf(partition) {
      let seen = derivations.get(partition);
      if (seen === undefined) {
        seen = new SeenDerivations(position.get("telemetry", partition)?.derivedUpTo);
        derivations.set(partition, seen);
      }
      return seen;
    },
  };
}

/**
 * Follows the log once for all listeners, while there are any: each event is decoded and written as text once. A
 * listener that resumes is told of what it missed from the log itself, and joins when it is there.
 */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #names: ReadonlyMap<string, StreamTopic>;
  readonly #listeners = new Set<Listener>();
  /** Listeners that are not there yet, and what happened meanwhile; undefined: too much. */
  readonly #held = new Map<Listener, (readonly [ToldBatch, string])[] | undefined>();
  #position = new StreamPosition();
  #ids = new Map<string, string>();
  #following: Promise<Following> | undefined;
  /** Of the following: what an earlier one still says counts for nothing. */
  #generation = 0;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    options.closing.addEventListener("abort", () => this.#endAll());
    this.#names = new Map(streamTopics.map((topic) => [options.topicNames[topic], topic]));
  }

  /** Resolves when the feed follows; `begun` has told the listener where it is, then. */
  async join(listener: Listener, from: StreamPosition): Promise<void> {
    this.#listeners.add(listener);
    this.#held.set(listener, []);
    listener.body.once("close", () => this.#leave(listener));
    try {
      await (this.#following ??= this.#follow());
      await this.#begin(listener, from);
    } catch (error) {
      this.#leave(listener);
      throw error;
    }
  }

  async #begin(listener: Listener, from: StreamPosition): Promise<void> {
    const { log, topicNames, logger } = this.#options;
    const own = new StreamPosition();
    const missed: object[] = [];
    for (const topic of listener.topics) {
      for (const { partition, start, end } of await log.positions(topicNames[topic])) {
        const here = this.#position.get(topic, partition)?.offset ?? end;
        const { offset: wanted, derivedUpTo: known } = from.get(topic, partition) ?? { offset: here };
        // Beyond the end it was a place in another log.
        const isForeign = wanted > end;
        if (wanted < start) missed.push({ topic, partition, from: wanted, to: start });
        const offset = isForeign ? here : Math.max(wanted, start);
        own.set(topic, partition, { offset, derivedUpTo: isForeign ? undefined : known });
      }
    }
    listener.body.write("retry: 2000\n\n");
    // Events that the log no longer has are lost to the listener, which is told so.
    for (const gap of missed) listener.say("gap", gap);
    listener.say("position", {}, own.toString());
    this.#catchUp(listener, own).catch((error: unknown) => {
      // It resumes elsewhere or later.
      if (!listener.ended.signal.aborted) logger.warn({ err: error }, "a live stream lost the log");
      listener.body.end();
    });
  }

  /** Tells what was before the feed's place, while what happens is held; again if that was too much. */
  async #catchUp(listener: Listener, own: StreamPosition): Promise<void> {
    const before = toldFrom(own);
    while (!listener.ended.signal.aborted) {
      this.#held.set(listener, []);
      const until = this.#placesOf(listener);
      for (const { topic, partition, offset } of until)
        await this.#tellUpTo(listener, own, before, topic, partition, offset);
      const held = this.#held.get(listener);
      if (held === undefined) continue;
      listener.joinedAt = own;
      this.#held.delete(listener);
      for (const [batch, id] of held) this.#offer(listener, batch, id);
      return;
    }
    this.#held.delete(listener);
  }

  #placesOf({ topics }: Listener): { topic: StreamTopic; partition: number; offset: number }[] {
    const places = [];
    for (const topic of topics) {
      for (const place of this.#position.positions(topic, topic)) places.push({ ...place, topic });
    }
    return places;
  }

  async #tellUpTo(
    listener: Listener,
    own: StreamPosition,
    before: ToldBefore,
    topic: StreamTopic,
    partition: number,
    end: number,
  ): Promise<void> {
    const { log, topicNames, folded } = this.#options;
    const fromOffset = own.get(topic, partition)?.offset ?? end;
    if (fromOffset >= end) return;
    for await (const batch of log.read(topicNames[topic], partition, { fromOffset, toOffset: end })) {
      if (listener.ended.signal.aborted) return;
      const { records } = batch;
      if (records.length === 0) continue;
      const told = new ToldBatch(topic, { topic: topicNames[topic], partition, records }, folded, before);
      own.set(topic, partition, { offset: told.next, derivedUpTo: told.derivedUpTo });
      await listener.tell(told, own.toString());
    }
    own.set(topic, partition, { offset: end, derivedUpTo: own.get(topic, partition)?.derivedUpTo });
  }

  async #follow(): Promise<Following> {
    const { log, topicNames, logger } = this.#options;
    const generation = (this.#generation += 1);
    const position = new StreamPosition();
    for (const topic of streamTopics) {
      for (const { partition, end } of await log.positions(topicNames[topic])) {
        position.set(topic, partition, { offset: end, derivedUpTo: this.#position.get(topic, partition)?.derivedUpTo });
      }
    }
    this.#position = position;
    this.#ids.clear();
    const before = toldFrom(position);
    const following = await log.follow({
      topics: streamTopics.map((topic) => topicNames[topic]),
      from: streamTopics.flatMap((topic) => position.positions(topic, topicNames[topic])),
      otherwise: "latest",
      onBatch: (batch) => (generation === this.#generation ? this.#onBatch(batch, before) : undefined),
    });
    if (generation !== this.#generation) return following;
    this.#heartbeat = setInterval(() => {
      const now = performance.now();
      for (const listener of this.#listeners) listener.beat(now);
    }, heartbeatMs);
    void following.done
      .catch((error: unknown) => logger.warn({ err: error }, "the live stream lost the log"))
      .then(() => generation === this.#generation && this.#endAll());
    return following;
  }

  async #onBatch(batch: LogBatch, before: ToldBefore): Promise<void> {
    const topic = this.#names.get(batch.topic);
    if (topic === undefined) throw new InvariantError(`Nobody streams ${batch.topic}`);
    // Those who join meanwhile begin behind it.
    const listeners = [...this.#listeners].filter(({ topics }) => topics.has(topic));
    const told = new ToldBatch(topic, batch, this.#options.folded, before, devicesOf(listeners));
    this.#position.set(topic, batch.partition, { offset: told.next, derivedUpTo: told.derivedUpTo });
    this.#ids.clear();
    if (told.events.length === 0) return;
    const ids = new Map(listeners.map((listener) => [listener.topicList, this.#idOf(listener)]));
    const pace = new Pace();
    for (const listener of listeners) {
      const id = ids.get(listener.topicList)!;
      if (this.#held.has(listener)) this.#hold(listener, told, id);
      else this.#offer(listener, told, id);
      if (pace.isDue) await pace.rest();
    }
  }

  /** Of what it was told from the log it is not told again. */
  #offer(listener: Listener, batch: ToldBatch, id: string): void {
    const joinedAt = listener.joinedAt?.get(batch.topic, batch.partition)?.offset ?? 0;
    if (batch.next > joinedAt) listener.offer(batch, id);
  }

  #hold(listener: Listener, batch: ToldBatch, id: string): void {
    const held = this.#held.get(listener);
    if (held === undefined) return;
    if (held.length < maxHeld) held.push([batch, id]);
    else this.#held.set(listener, undefined);
  }

  #idOf(listener: Listener): string {
    let id = this.#ids.get(listener.topicList);
    if (id === undefined) {
      const of = new StreamPosition();
      for (const topic of listener.topics) {
        for (const { partition } of this.#position.positions(topic, topic)) {
          of.set(topic, partition, this.#position.get(topic, partition)!);
        }
      }
      id = of.toString();
      this.#ids.set(listener.topicList, id);
    }
    return id;
  }

  #leave(listener: Listener): void {
    this.#listeners.delete(listener);
    this.#held.delete(listener);
    if (this.#listeners.size > 0) return;
    const following = this.#following;
    this.#following = undefined;
    this.#generation += 1;
    clearInterval(this.#heartbeat);
    following?.then((each) => each.close()).catch(() => {});
  }

  /** They resume. */
  #endAll(): void {
    for (const listener of this.#listeners) listener.body.end();
  }
}

/** The only devices that any of them asks for; undefined: all. */
function devicesOf(listeners: readonly Listener[]): ReadonlySet<string> | undefined {
  if (listeners.some(({ filter }) => filter.devices === undefined)) return undefined;
  return new Set(listeners.flatMap(({ filter }) => [...filter.devices!]));
}
