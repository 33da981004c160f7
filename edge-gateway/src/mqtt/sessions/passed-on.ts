import type { Client } from "aedes";

type Sender = Pick<Client, "id" | "clean">;

/** Messages of QoS 2 that one connection may leave without its PUBREL; one more ends it. */
export const maxUnreleased = 1000;

/**
 * Messages of QoS 2 that their subscribers were sent and their senders have not released: sent again, they go to
 * nobody a second time [MQTT-4.3.3-2]. Known for as long as the session of the sender, in memory, like the queues of
 * those subscribers.
 */
export class PassedOn {
  /** Also those that are about to be passed on: the messages of one read from the socket come all at once. */
  readonly #byConnection = new WeakMap<Sender, Set<number>>();
  readonly #tooMany = new WeakSet<Sender>();
  /** Sessions that outlive their connection. */
  readonly #bySession = new Map<string, Set<number>>();

  has(sender: Sender, packetId: number): boolean {
    return (
      this.#byConnection.get(sender)?.has(packetId) === true || this.#bySession.get(sender.id)?.has(packetId) === true
    );
  }

  /**
   * It is about to be passed on, also if its connection ends before; another one of its session may have sent it again
   * by then. A message more than a connection may leave unreleased is not begun.
   */
  begin(sender: Sender, packetId: number): void {
    const ids = this.#byConnection.get(sender);
    if (ids !== undefined && ids.size >= maxUnreleased) {
      this.#tooMany.add(sender);
      return;
    }
    if (ids === undefined) this.#byConnection.set(sender, new Set([packetId]));
    else ids.add(packetId);
    this.#keep(sender, packetId);
  }

  /** Whether it is a message more than its connection may leave unreleased. */
  isTooMany(sender: Sender, packetId: number): boolean {
    return this.#tooMany.has(sender) && this.#byConnection.get(sender)?.has(packetId) !== true;
  }

  delete(sender: Sender, packetId: number): void {
    this.#byConnection.get(sender)?.delete(packetId);
    const ids = this.#bySession.get(sender.id);
    if (ids?.delete(packetId) === true && ids.size === 0) this.#bySession.delete(sender.id);
  }

  /** The session ended; its packet identifiers mean nothing any more. */
  forget(session: string): void {
    this.#bySession.delete(session);
  }

  #keep({ id, clean }: Sender, packetId: number): void {
    if (clean) return;
    const ids = this.#bySession.get(id);
    if (ids === undefined) this.#bySession.set(id, new Set([packetId]));
    else ids.add(packetId);
  }
}
