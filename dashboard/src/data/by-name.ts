const digits = /\d+/g;
/** More digits than a number in a name has; one that has more still stands behind those that have fewer. */
const width = 20;

/** As people sort names: Hall 2 before Hall 10. Each name is made ready once, since a fleet has ten thousand. */
export function byName<T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] {
  const keyed = items.map((item) => {
    const name = nameOf(item);
    return { item, name, key: name.replaceAll(digits, (number) => number.padStart(width, "0")) };
  });
  keyed.sort((one, other) => order(one.key, other.key) || order(one.name, other.name));
  return keyed.map(({ item }) => item);
}

function order(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
