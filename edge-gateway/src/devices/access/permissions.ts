import { filterCovers, levelsMatch } from "./topic-filter.ts";

/** What a connection may do. Callers remember the answer for a topic or a filter. */
export interface Permissions {
  mayPublish(topic: string): boolean;
  /** Whether everything that the filter can match may be heard. */
  maySubscribe(filter: string): boolean;
  /**
   * Whether a message of this topic may be passed on to it now: what it has subscribed to, or what waits for it, may be
   * older than its rights.
   */
  mayReceive(topic: string): boolean;
  /** Equal if two grant the same. */
  readonly key: string;
}

/** Topics of whoever is logged in, whose name stands for another device on every connection. */
const myTopics = "v1/devices/me/";

/**
 * A device: its own topics, and what rules add. A subscription is granted if one of its filters covers it by itself.
 */
export class DevicePermissions implements Permissions {
  readonly #own: string;
  readonly #publish: readonly (readonly string[])[];
  readonly #subscribe: readonly (readonly string[])[];

  constructor(device: string, publish: readonly string[], subscribe: readonly string[]) {
    this.#own = `devices/${device}/`;
    this.#publish = publish.map((filter) => filter.split("/"));
    this.#subscribe = subscribe.map((filter) => filter.split("/"));
  }

  get key(): string {
    return JSON.stringify([this.#own, this.#publish, this.#subscribe]);
  }

  mayPublish(topic: string): boolean {
    if (this.#isOwn(topic)) return true;
    return this.#publish.length > 0 && !topic.startsWith("$") && matchesAny(this.#publish, topic);
  }

  maySubscribe(filter: string): boolean {
    if (this.#isOwn(filter)) return true;
    if (this.#subscribe.length === 0 || filter.startsWith("$")) return false;
    const levels = filter.split("/");
    return this.#subscribe.some((granted) => filterCovers(granted, levels));
  }

  mayReceive(topic: string): boolean {
    // `devices/{device}/#` matches its parent level, too.
    if (topic.startsWith(this.#own) || `${topic}/` === this.#own) return true;
    // What another connection says there is not about this device.
    if (topic.startsWith(myTopics)) return false;
    return this.#subscribe.length > 0 && !topic.startsWith("$") && matchesAny(this.#subscribe, topic);
  }

  /** A filter counts only if all that it can match lies there, so its first levels have to be spelled out. */
  #isOwn(topicOrFilter: string): boolean {
    return topicOrFilter.startsWith(this.#own) || topicOrFilter.startsWith(myTopics);
  }
}

/** Whoever connects without a login, where that is allowed: everything but what begins with `$`. */
export const anonymousPermissions: Permissions = {
  key: "anonymous",
  mayPublish: (topic) => !topic.startsWith("$"),
  maySubscribe: (filter) => !filter.startsWith("$"),
  mayReceive: (topic) => !topic.startsWith("$"),
};

function matchesAny(filters: readonly (readonly string[])[], topic: string): boolean {
  const levels = topic.split("/");
  return filters.some((filter) => levelsMatch(filter, levels));
}
