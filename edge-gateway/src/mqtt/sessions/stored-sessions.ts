import { sharedFilterOf } from "../../devices/access/shared-filter.ts";
import type { Permissions } from "../../devices/access/permissions.ts";
import { commandDeviceOf } from "../../commands/command-filter.ts";
import type { Audience } from "./audience.ts";

/** A message that waits for a session; as aedes-persistence keeps it. */
export interface QueuedPacket {
  readonly cmd: string;
  readonly topic?: string;
  readonly brokerId: string;
  readonly brokerCounter: number;
  readonly messageId?: number;
}

/** What keeps subscriptions and messages of sessions whose client may be away. */
export interface SessionMemory {
  removeSubscriptions(client: { readonly id: string }, filters: readonly string[]): Promise<void>;
  outgoingStream(client: { readonly id: string }): AsyncIterable<QueuedPacket>;
  outgoingUpdate(client: { readonly id: string }, packet: QueuedPacket): Promise<unknown>;
  outgoingClearMessageId(client: { readonly id: string }, packet: { readonly messageId: number }): Promise<unknown>;
  forgetQueue(session: string): void;
  /** Sessions without a subscription that begin so. */
  bareOf(prefix: string): readonly string[];
  /** Nothing is left of the session on disk. */
  end(session: string): Promise<void>;
}

/** No packet identifier of MQTT: it marks what is about to be removed. */
const markedForRemoval = 0x1_0000;

/**
 * Which sessions have subscriptions that outlive their connection. When what a device may do changes, its sessions lose
 * what it may no longer hear, also those whose client is away: neither a message that comes meanwhile nor one that
 * waits already reaches a later login.
 */
export class StoredSessions {
  readonly #store: SessionMemory;
  readonly #audience: Audience;
  /** Filters by session. */
  readonly #sessions = new Map<string, Set<string>>();
  /** Sessions by what their name begins with: by principal. */
  readonly #byPrefix = new Map<string, Set<string>>();

  constructor(store: SessionMemory, audience: Audience) {
    this.#store = store;
    this.#audience = audience;
  }

  added(session: string, filters: readonly string[]): void {
    const known = this.#sessions.get(session) ?? new Set<string>();
    for (const filter of filters) known.add(filter);
    this.#changed(session, known);
  }

  removed(session: string, filters: readonly string[]): void {
    const known = this.#sessions.get(session);
    if (known === undefined) return;
    for (const filter of filters) known.delete(filter);
    this.#changed(session, known);
  }

  cleaned(session: string): void {
    this.#changed(session, new Set());
  }

  /**
   * Takes from the principal's sessions what it may not hear now; all of it if there are no permissions. Answers which
   * sessions lost something.
   */
  async restrict(prefix: string, permissions: Permissions | undefined): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const session of [...(this.#byPrefix.get(prefix) ?? [])]) {
      const filters = [...(this.#sessions.get(session) ?? [])];
      const forbidden = filters.filter((filter) => permissions?.maySubscribe(filter) !== true);
      const client = { id: session };
      if (forbidden.length > 0) await this.#store.removeSubscriptions(client, forbidden);
      this.removed(session, forbidden);
      const messages = await this.#clearQueue(client, permissions);
      if (forbidden.length > 0 || messages > 0) lost.push(session);
    }
    // Of a device that is gone every session ends.
    if (permissions === undefined) {
      for (const session of this.#store.bareOf(prefix)) {
        await this.drop(session);
        lost.push(session);
      }
    }
    return [...new Set(lost)];
  }

  /** Devices that have sessions with subscriptions here, also those that are no more. */
  get devices(): string[] {
    // Of a device that is not the first of its id a NUL comes before the slash; the others have no device's id at all.
    return [...this.#byPrefix.keys()]
      .map((prefix) => prefix.slice(0, -1).split("\u0000")[0]!)
      .filter((id) => id !== "");
  }

  /** Nothing is left of the session. */
  async drop(session: string): Promise<void> {
    const filters = [...(this.#sessions.get(session) ?? [])];
    this.cleaned(session);
    this.#store.forgetQueue(session);
    // All of it before the disk has noted anything: a client that comes back meanwhile begins anew, and is not told of
    // subscriptions that are about to go.
    await Promise.all([this.#store.end(session), this.#store.removeSubscriptions({ id: session }, filters)]);
  }

  async #clearQueue(client: { readonly id: string }, permissions: Permissions | undefined): Promise<number> {
    let cleared = 0;
    for await (const packet of this.#store.outgoingStream(client)) {
      // A PUBREL goes on: what it releases was delivered.
      if (packet.cmd !== "publish" || permissions?.mayReceive(packet.topic ?? "") === true) continue;
      await this.#store.outgoingUpdate(client, { ...packet, messageId: markedForRemoval });
      await this.#store.outgoingClearMessageId(client, { messageId: markedForRemoval });
      cleared += 1;
    }
    return cleared;
  }

  #changed(session: string, filters: Set<string>): void {
    const prefix = session.slice(0, session.indexOf("/") + 1);
    const sessions = this.#byPrefix.get(prefix) ?? new Set<string>();
    if (filters.size === 0) {
      this.#sessions.delete(session);
      sessions.delete(session);
    } else {
      this.#sessions.set(session, filters);
      sessions.add(session);
    }
    if (sessions.size === 0) this.#byPrefix.delete(prefix);
    else this.#byPrefix.set(prefix, sessions);
    this.#audience.set(session, [...filters].filter(isHeardThroughBroker));
  }
}

/** Commands are sent past the broker; a filter that asks for more hears that from the broker. */
export function isHeardThroughBroker(filter: string): boolean {
  return commandDeviceOf(sharedFilterOf(filter)) === undefined || filter.endsWith("#");
}
