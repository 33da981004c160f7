/** Where a derived event stands in the order of what was derived on its partition. */
export interface DerivedPlace {
  readonly causeOffset: number;
  /** From 1. */
  readonly ordinal: number;
}

/** Derived events come in their order; what is emitted again around a crash is at or below the last. */
export class SeenDerivations {
  #last: DerivedPlace = { causeOffset: -1, ordinal: 0 };

  /** False: a duplicate. */
  accept({ causeOffset, ordinal }: DerivedPlace): boolean {
    const { causeOffset: offset, ordinal: last } = this.#last;
    if (causeOffset < offset || (causeOffset === offset && ordinal <= last)) return false;
    this.#last = { causeOffset, ordinal };
    return true;
  }
}
