import { InvariantError } from "@headwater/core";

export type Labels<L extends string> = Readonly<Record<L, string | number>>;

/** The value of every label of the series that counts all label sets beyond the bound. */
const overflowValue = "other";

const separator = "\u0000";

/**
 * The children of a metric, one a set of label values, bounded in number: sets beyond the bound share one
 * child, in which every label is "other".
 */
export class LabelSets<L extends string, Child> {
  readonly #names: readonly L[];
  readonly #max: number;
  readonly #create: (labels: Record<string, string>) => Child;
  readonly #onOverflow: () => void;
  readonly #children = new Map<string, Child>();
  #other: Child | undefined;

  constructor(
    names: readonly L[],
    max: number,
    create: (labels: Record<string, string>) => Child,
    onOverflow: () => void,
  ) {
    this.#names = names;
    this.#max = max;
    this.#create = create;
    this.#onOverflow = onOverflow;
  }

  get(labels: Labels<L>): Child {
    let key = "";
    for (const name of this.#names) key += `${labels[name]}${separator}`;
    const child = this.#children.get(key);
    if (child !== undefined) return child;
    if (Object.keys(labels).length !== this.#names.length) {
      throw new InvariantError(
        `A metric with the labels ${this.#names.join(", ")} was given ${Object.keys(labels).join(", ")}`,
      );
    }
    if (this.#children.size < this.#max) {
      const made = this.#create(Object.fromEntries(this.#names.map((name) => [name, String(labels[name])])));
      this.#children.set(key, made);
      return made;
    }
    this.#onOverflow();
    return (this.#other ??= this.#create(Object.fromEntries(this.#names.map((name) => [name, overflowValue]))));
  }

  *values(): Iterable<Child> {
    yield* this.#children.values();
    if (this.#other !== undefined) yield this.#other;
  }
}
