const digits = /\d+/g;
/** More digits than a number in a name has; one that has more still stands behind those that have fewer. */
const width = 20;

/** Texts whose order is that in which people sort names: `hall-2` before `hall-10`. */
export function nameKey(name: string): string {
  return name.replaceAll(digits, (number) => number.padStart(width, "0"));
}
