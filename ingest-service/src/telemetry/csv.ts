/**
 * Cells of CSV as RFC 4180 has them. A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`,
 * `@`, one of these in full width, or white space that is cut off) gets an apostrophe before it, since devices choose
 * their texts and names. Numbers stay as they are; nothing is an empty cell, and so is a sum that no number holds, for
 * which JSON has null.
 */
export function csvCell(value: number | string | null): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A cell of what a series has: quotes tell a text of no length from nothing, also to readers that know of both. */
export function csvValue(value: number | string | null): string {
  return value === "" ? '""' : csvCell(value);
}

const formula = /^[=+\-@\t\r\n＝＋－＠]/;

export function csvLine(cells: readonly (number | string | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}
