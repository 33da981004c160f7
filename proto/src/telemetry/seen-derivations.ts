/** Where a derived event stands in the order of what was derived on its partition. */
export interface DerivedPlace {
  readonly causeOffset: number;
  /** From 1. */
  readonly ordinal: number;
}

/**
 * What of the derived events of one partition has been seen. They come in the order of their places; what an owner of
 * the partition emits again after a crash is at or below the last.
 */
export class SeenDerivations {
  #last: DerivedPlace | undefined;

  constructor(last?: DerivedPlace) {
    this.#last = last;
  }

  /** The place of the last one; undefined before the first. */
  get last(): DerivedPlace | undefined {
    return this.#last;
  }

  /**
   * False: a duplicate. `offset`: of the record. One without a place, as 0.1 wrote them, is none; nor is one that says
   * it was derived of a record behind it, which would hide all that come after.
   */
  accept({ causeOffset, ordinal }: DerivedPlace, offset: number): boolean {
    if (ordinal === 0 || causeOffset > offset) return true;
    const last = this.#last;
    if (last !== undefined && isAtOrBelow(causeOffset, ordinal, last)) return false;
    this.#last = { causeOffset, ordinal };
    return true;
  }
}

function isAtOrBelow(causeOffset: number, ordinal: number, last: DerivedPlace): boolean {
  return causeOffset < last.causeOffset || (causeOffset === last.causeOffset && ordinal <= last.ordinal);
}
