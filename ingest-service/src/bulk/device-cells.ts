import { csvCell } from "../telemetry/csv.ts";

type AttributeValue = number | boolean | string;

const disguised = /^'+[=+\-@\t\r\n＝＋－＠]/;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A text as a cell: no spreadsheet takes it for a formula, and `textOfCell` gives it back. */
export function cellOfText(text: string): string {
  return csvCell(disguised.test(text) ? `'${text}` : text);
}

/** The text of a cell, without the apostrophe that keeps spreadsheets from reading a formula. */
export function textOfCell(cell: string): string {
  return disguised.test(cell) ? cell.slice(1) : cell;
}

/** A text that would be read back as something else stands in quotes of its own. */
export function cellOfAttribute(value: AttributeValue): string {
  if (typeof value !== "string") return csvCell(String(value).startsWith("-") ? Number(value) : String(value));
  return cellOfText(typeof attributeOfCell(value) === "string" && !isQuoted(value) ? value : JSON.stringify(value));
}

/** A number, `true` or `false`, text in quotes, else the text as it is: a number that a double cannot hold, too. */
export function attributeOfCell(cell: string): AttributeValue {
  if (cell === "true" || cell === "false") return cell === "true";
  if (jsonNumber.test(cell)) {
    const number = Number(cell);
    const isWhole = /^-?\d+$/.test(cell);
    if (Number.isFinite(number) && (!isWhole || Number.isSafeInteger(number))) return number;
    return cell;
  }
  if (!isQuoted(cell)) return textOfCell(cell);
  try {
    return String(JSON.parse(cell));
  } catch {
    return cell;
  }
}

function isQuoted(text: string): boolean {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"');
}
