import { asWritten, isShared, sharedFilterOf } from "./shared-filter.ts";
import type { FirmwareTopics } from "@headwater/decode";
import { filterCovers, levelsMatch } from "./topic-filter.ts";

/** What a connection may do. Callers remember the answer for a topic or a filter. */
export interface Permissions {
  mayPublish(topic: string): boolean;
  /** Whether a rule denies it, whatever else may allow it. */
  isDenied(topic: string): boolean;
  /** Whether there is a shared subscription that it may have. */
  readonly mayShare: boolean;
  /** Whether everything that the filter can match may be heard, but for what a rule denies. */
  maySubscribe(filter: string): boolean;
  /**
   * Whether a message of this topic may be passed on to it now: what it has subscribed to, or what waits for it, may be
   * older than its rights, and a broad subscription also matches what a rule denies.
   */
  mayReceive(topic: string): boolean;
  /** Equal if two grant the same. */
  readonly key: string;
}

/** Topic filters by what is done with them. */
export interface Filters {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The first level of a shared subscription, which is a right of its own: sharing takes messages from others. */
const share = "$share";
/** Topics of whoever is logged in, whose name stands for another device on every connection. */
const myTopics = "v1/devices/me/";

/** What rules deny. */
class Denials {
  readonly #publish: readonly (readonly string[])[];
  readonly #subscribe: readonly (readonly string[])[];

  constructor({ publish, subscribe }: Filters) {
    this.#publish = publish.map((filter) => filter.split("/"));
    this.#subscribe = subscribe.map((filter) => filter.split("/"));
  }

  get key(): unknown {
    return [this.#publish, this.#subscribe];
  }

  publish(topic: string): boolean {
    return this.#publish.length > 0 && matchesAny(this.#publish, topic);
  }

  /** Nothing that the filter can match may be heard. */
  subscribe(filter: string): boolean {
    if (this.#subscribe.length === 0) return false;
    // Also that of a shared subscription, and the sharing alone.
    return (
      covers(this.#subscribe, sharedFilterOf(filter)) ||
      (isShared(filter) && covers(this.#subscribe, asWritten(filter)))
    );
  }

  receive(topic: string): boolean {
    return this.#subscribe.length > 0 && matchesAny(this.#subscribe, topic);
  }
}

/**
 * A device: its own topics, those of its firmware by the configured profiles, what rules add, and less what they deny.
 * A subscription is granted if one of its filters covers it by itself.
 */
export class DevicePermissions implements Permissions {
  readonly #device: string;
  readonly #own: string;
  readonly #publish: readonly (readonly string[])[];
  readonly #subscribe: readonly (readonly string[])[];
  /** Of shared subscriptions: `$share`, the group and the filter. */
  readonly #shared: readonly (readonly string[])[];
  readonly #denials: Denials;
  readonly #firmware: FirmwareTopics;

  constructor(device: string, granted: Filters, denied: Filters, firmware: FirmwareTopics) {
    this.#device = device;
    this.#own = `devices/${device}/`;
    this.#publish = granted.publish.map((filter) => filter.split("/"));
    const subscribe = granted.subscribe.map((filter) => filter.split("/"));
    this.#subscribe = subscribe.filter(([first]) => first !== share);
    this.#shared = subscribe.filter(([first]) => first === share);
    this.#denials = new Denials(denied);
    this.#firmware = firmware;
  }

  get key(): string {
    return JSON.stringify([this.#own, this.#publish, this.#subscribe, this.#shared, this.#denials.key]);
  }

  get mayShare(): boolean {
    return this.#shared.length > 0;
  }

  isDenied(topic: string): boolean {
    return this.#denials.publish(topic);
  }

  mayPublish(topic: string): boolean {
    if (this.isDenied(topic)) return false;
    if (this.#isOwn(topic)) return true;
    if (topic.startsWith("$")) return false;
    if (this.#publish.length > 0 && matchesAny(this.#publish, topic)) return true;
    return this.#firmware.mayPublish(this.#device, topic);
  }

  maySubscribe(filter: string): boolean {
    if (this.#denials.subscribe(filter)) return false;
    if (isShared(filter)) return !sharesDollar(filter) && covers(this.#shared, asWritten(filter));
    if (this.#isOwn(filter)) return true;
    if (filter.startsWith("$")) return false;
    if (covers(this.#subscribe, filter)) return true;
    return this.#firmware.mayHear(this.#device, filter);
  }

  mayReceive(topic: string): boolean {
    if (this.#denials.receive(topic)) return false;
    // `devices/{device}/#` matches its parent level, too.
    if (topic.startsWith(this.#own) || `${topic}/` === this.#own) return true;
    // What another connection says there is not about this device.
    if (topic.startsWith(myTopics) || topic.startsWith("$")) return false;
    if (this.#subscribe.length > 0 && matchesAny(this.#subscribe, topic)) return true;
    if (this.#shared.some(([, , ...filter]) => levelsMatch(filter, topic.split("/")))) return true;
    return this.#firmware.mayHear(this.#device, topic);
  }

  /** A filter counts only if all that it can match lies there, so its first levels have to be spelled out. */
  #isOwn(topicOrFilter: string): boolean {
    return topicOrFilter.startsWith(this.#own) || topicOrFilter.startsWith(myTopics);
  }
}

/**
 * Whoever connects without a login, where that is allowed: everything but what begins with `$` and what rules deny to
 * all.
 */
export class AnonymousPermissions implements Permissions {
  readonly #denials: Denials;

  constructor(denied: Filters) {
    this.#denials = new Denials(denied);
  }

  get mayShare(): boolean {
    return true;
  }

  get key(): string {
    return JSON.stringify(["anonymous", this.#denials.key]);
  }

  isDenied(topic: string): boolean {
    return this.#denials.publish(topic);
  }

  mayPublish(topic: string): boolean {
    return !topic.startsWith("$") && !this.isDenied(topic);
  }

  maySubscribe(filter: string): boolean {
    return !filter.startsWith("$") && !sharesDollar(filter) && !this.#denials.subscribe(filter);
  }

  mayReceive(topic: string): boolean {
    return !topic.startsWith("$") && !this.#denials.receive(topic);
  }
}

function sharesDollar(filter: string): boolean {
  return isShared(filter) && sharedFilterOf(filter).startsWith("$");
}

function covers(granted: readonly (readonly string[])[], filter: string): boolean {
  if (granted.length === 0) return false;
  const levels = filter.split("/");
  return granted.some((one) => filterCovers(one, levels));
}

function matchesAny(filters: readonly (readonly string[])[], topic: string): boolean {
  const levels = topic.split("/");
  return filters.some((filter) => levelsMatch(filter, levels));
}
