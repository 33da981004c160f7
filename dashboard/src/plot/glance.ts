/** A number to be read at a glance: four digits, and all of a whole number. */
export function glance(value: number): string {
  const rounded =
    Number.isInteger(value) || Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
  return rounded.toLocaleString(undefined, { maximumSignificantDigits: 15 });
}
