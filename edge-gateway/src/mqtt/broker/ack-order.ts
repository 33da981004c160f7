/** A message whose acknowledgement waits for more than its group commit. */
interface Place {
  /** So many messages behind the place before have to be durable and acknowledged first. */
  before: number;
  /** Undefined until the message may be acknowledged. */
  send: (() => void) | undefined;
}

/**
 * The acknowledgements of one kind to one client, in the order in which its messages came [MQTT-4.6.0-2, MQTT-4.6.0-3].
 * Those that wait for their group commit alone are in that order by themselves, and are only counted; what waits for
 * more, for subscribers say, has a place among them.
 */
export class AckOrder {
  readonly #places: Place[] = [];
  readonly #send: (packetIds: number[]) => void;
  /** Of the counted messages that lie before a place. */
  #placed = 0;
  /** Durable, behind a place whose message may not be acknowledged yet. */
  #durable: number[] = [];
  #advancing = false;
  #held = 0;

  /** @param send acknowledges messages that waited for their group commit alone */
  constructor(send: (packetIds: number[]) => void) {
    this.#send = send;
  }

  /** Messages with a place that could be acknowledged, but for those before them. */
  get held(): number {
    return this.#held;
  }

  /**
   * A place behind all messages that have come. Answers with what to call once the message may be acknowledged, with
   * what does that.
   *
   * @param counted messages that wait for their group commit alone and are not acknowledged
   */
  begin(counted: number): (send: () => void) => void {
    const place: Place = { before: counted - this.#placed, send: undefined };
    this.#placed = counted;
    this.#places.push(place);
    return (send) => {
      place.send = send;
      this.#held += 1;
      this.#advance();
    };
  }

  /** Of the counted messages the next ones are durable. */
  durable(packetIds: number[]): void {
    if (this.#places.length === 0 && !this.#advancing) {
      this.#send(packetIds);
      return;
    }
    this.#durable = this.#durable.length === 0 ? packetIds : [...this.#durable, ...packetIds];
    this.#advance();
  }

  /** An acknowledgement may have the next messages read, and those be ready at once: they wait for the end of this. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    try {
      while (this.#step());
    } finally {
      this.#advancing = false;
    }
  }

  /** Answers whether anything was acknowledged. */
  #step(): boolean {
    const place = this.#places[0];
    const next = this.#durable.splice(0, place === undefined ? Infinity : place.before);
    if (place !== undefined) {
      place.before -= next.length;
      this.#placed -= next.length;
    }
    if (next.length > 0) {
      this.#send(next);
      return true;
    }
    if (place === undefined || place.before > 0 || place.send === undefined) return false;
    this.#places.shift();
    this.#held -= 1;
    place.send();
    return true;
  }
}
