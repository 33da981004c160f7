/** The reply to an address that a server did not take. */
export interface Refusal {
  readonly recipient?: string | undefined;
  readonly responseCode?: number | undefined;
}

/** How things stand with the addresses of a mail. */
export interface Standing {
  /** Those that are still to get it. */
  readonly left: readonly string[];
  /** Those that never will, with the reply. */
  readonly refused: ReadonlyMap<string, number>;
  /** The newest reply that was no 250. */
  readonly status: number;
}

/** Mails of which this is known; the oldest beyond that goes to all of its addresses again, under its Message-ID. */
const mostKnown = 10_000;

/** Whether a reply says that no further attempt will do. */
export function isForGood(responseCode: number): boolean {
  return responseCode >= 550 && responseCode <= 554;
}

/** Who has not got a mail yet: a server takes it for some of its addresses, and not for others. */
export class Recipients {
  /** By the id of a parcel. */
  readonly #open = new Map<string, Standing>();

  of(id: string, all: readonly string[]): Standing {
    return this.#open.get(id) ?? { left: all, refused: new Map(), status: 0 };
  }

  /** Takes in the refusals of an attempt; whoever is not among them has got the mail. */
  settle(id: string, before: Standing, refusals: readonly Refusal[]): Standing {
    const replies = new Map(
      // The case of a domain may be another than in the rule.
      refusals.map(({ recipient = "", responseCode = 0 }) => [recipient.toLowerCase(), responseCode]),
    );
    const left: string[] = [];
    const refused = new Map(before.refused);
    for (const address of before.left) {
      const reply = replies.get(address.toLowerCase());
      if (reply === undefined) continue;
      if (isForGood(reply)) refused.set(address, reply);
      else left.push(address);
    }
    const newest = left.length > 0 ? replies.get(left[0]!.toLowerCase()) : [...refused.values()].at(-1);
    const standing = { left, refused, status: newest ?? 0 };
    this.#open.delete(id);
    if (left.length > 0) this.#keep(id, standing);
    return standing;
  }

  #keep(id: string, standing: Standing): void {
    if (this.#open.size >= mostKnown) this.#open.delete(this.#open.keys().next().value!);
    this.#open.set(id, standing);
  }
}
