import { RequestError } from "@headwater/core";
import { schemaProblems } from "@headwater/service";
import { type Static, Type } from "@sinclair/typebox";
import { deviceLimits } from "@headwater/aggregates";
import { attributeOfCell, textOfCell } from "./device-cells.ts";

const ignored = Type.Optional(Type.Unknown());

/** What an export says beside it, and a device cannot be given. */
const toldByExports = {
  revision: ignored,
  registered: ignored,
  credentials: ignored,
  createdAt: ignored,
  updatedAt: ignored,
  connected: ignored,
  connectedAt: ignored,
  disconnectedAt: ignored,
  lastSeen: ignored,
};

/** A device as a row says it; null removes a tag or an attribute of one that is there. */
const importRowSchema = Type.Object(
  {
    id: Type.String({ minLength: 1 }),
    type: Type.Optional(Type.String()),
    tags: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))),
    attributes: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.Number(), Type.Boolean(), Type.String(), Type.Null()])),
    ),
    subject: Type.Optional(
      Type.String({
        maxLength: deviceLimits.attributeText,
        description: "Of a client certificate: name or fingerprint",
      }),
    ),
    ...toldByExports,
  },
  { title: "ImportedDevice", additionalProperties: false },
);
export type ImportRow = Static<typeof importRowSchema>;

/** A row that can be decided, or why it cannot. */
export interface ReadRow {
  /** The first is 1; the header of CSV does not count. */
  readonly row: number;
  readonly device?: ImportRow;
  readonly problem?: RequestError;
  /** Nothing behind it can be read. */
  readonly isLast?: boolean;
}

/** Characters of one row. */
const maxRowLength = 64 * 1024;
const pieceBytes = 64 * 1024;
const newline = 0x0a;

/** The rows of NDJSON: an object a line. */
export async function* ndjsonRows(body: Buffer): AsyncGenerator<ReadRow> {
  let row = 0;
  for (let from = hasMark(body) ? 3 : 0; from < body.length;) {
    const found = body.indexOf(newline, from);
    const end = found === -1 ? body.length : found;
    const line = end - from > maxRowLength ? undefined : body.toString("utf8", from, end).trim();
    from = end + 1;
    if (line === "") continue;
    row += 1;
    yield line === undefined ? { row, problem: invalidRow(`has more than ${maxRowLength} bytes`) } : jsonRow(row, line);
  }
}

function jsonRow(row: number, line: string): ReadRow {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { row, problem: invalidRow("is no JSON object; write one device a line") };
  }
  return checkedRow(row, value);
}

/**
 * The rows of CSV (RFC 4180; also with semicolons or tabs, as spreadsheets write it). Throws RequestError (400) for a
 * header that does not say what the columns are.
 */
export async function* csvRows(body: Buffer): AsyncGenerator<ReadRow> {
  const header = body
    .toString("utf8", hasMark(body) ? 3 : 0, Math.min(body.length, maxRowLength))
    .split(/\r?\n|\r/, 1)[0]!;
  const delimiter = header.includes(",") ? "," : header.includes(";") ? ";" : header.includes("\t") ? "\t" : ",";
  // Loaded with the first import, which most processes never see.
  const { CsvError, parse } = await import("csv-parse");
  const records: string[][] = [];
  let failed: Error | undefined;
  const parser = parse({
    ...{ delimiter, bom: true, relax_column_count: true, skip_empty_lines: true, max_record_size: maxRowLength },
    record_delimiter: ["\r\n", "\n", "\r"],
    // Taken here, and not from the stream, which forgets what waits in it when it comes to an error.
    on_record(record: string[]) {
      records.push(record);
      return null;
    },
  });
  parser.on("error", (error) => (failed ??= error)).resume();
  let columns: readonly Column[] | undefined;
  let row = 0;
  function* rowsOf(): Generator<ReadRow> {
    for (const record of records.splice(0)) {
      if (columns === undefined) columns = columnsOf(record);
      else if (record.some((cell) => cell.trim() !== "")) yield rowOf((row += 1), record, columns);
    }
  }
  for (const piece of piecesOf(body)) {
    await new Promise<void>((resolve) => void parser.write(piece, () => resolve()));
    yield* rowsOf();
    if (failed !== undefined) break;
  }
  if (failed === undefined) await new Promise<void>((resolve) => void parser.once("close", resolve).end());
  yield* rowsOf();
  if (failed !== undefined) {
    if (!(failed instanceof CsvError)) throw failed;
    const problem = invalidRow(`cannot be read as CSV, nor can those behind it: ${failed.message}`);
    yield { row: row + 1, problem, isLast: true };
  } else if (columns === undefined) throw noHeader("there is none");
}

function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let from = 0; from < body.length; from += pieceBytes) yield body.subarray(from, from + pieceBytes);
}

function hasMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

type Column = readonly [kind: "plain" | "tag" | "attribute" | "ignored", name: string];

const plainColumns = ["id", "type", "subject"];
const columnHint = `columns are ${plainColumns.join(", ")}, tag.NAME and attribute.NAME`;

function columnsOf(header: readonly string[]): readonly Column[] {
  const columns = header.map((cell): Column => {
    const name = textOfCell(cell.trim());
    if (plainColumns.includes(name)) return ["plain", name];
    if (name.startsWith("tag.") && name.length > 4) return ["tag", name.slice(4)];
    if (name.startsWith("attribute.") && name.length > 10) return ["attribute", name.slice(10)];
    if (Object.hasOwn(toldByExports, name)) return ["ignored", name];
    throw noHeader(`${JSON.stringify(name.slice(0, 80))} is no column`);
  });
  const names = columns.map((column) => column.join("."));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw noHeader(`the column ${JSON.stringify(twice.slice(0, 80))} is there twice`);
  if (!names.includes("plain.id")) throw noHeader("the column id is missing");
  return columns;
}

function rowOf(row: number, cells: readonly string[], columns: readonly Column[]): ReadRow {
  if (cells.length !== columns.length) {
    return { row, problem: invalidRow(`has ${cells.length} cells, and the header has ${columns.length}`) };
  }
  const plain: Record<string, string> = {};
  const tags: [string, string][] = [];
  const attributes: [string, number | boolean | string][] = [];
  for (const [index, [kind, name]] of columns.entries()) {
    const cell = cells[index]!;
    // An empty cell says nothing.
    if (cell === "") continue;
    if (kind === "plain") plain[name] = textOfCell(cell);
    else if (kind === "tag") tags.push([name, textOfCell(cell)]);
    else if (kind === "attribute") attributes.push([name, attributeOfCell(cell)]);
  }
  return checkedRow(row, {
    ...plain,
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
    ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
  });
}

function checkedRow(row: number, value: unknown): ReadRow {
  const [first] = schemaProblems(importRowSchema, value);
  if (first !== undefined) return { row, problem: invalidRow(`${first.pointer} ${first.detail}`.trim()) };
  const device = value as ImportRow;
  const facts = [device.tags, device.attributes];
  if (facts.some((each) => each !== undefined && Object.hasOwn(each, "__proto__"))) {
    return { row, problem: invalidRow("has something called __proto__; choose another name") };
  }
  return { row, device };
}

function invalidRow(what: string): RequestError {
  return new RequestError(400, "invalid-row", `The row ${what}`);
}

function noHeader(what: string): RequestError {
  return new RequestError(400, "invalid-header", `The first line names the columns, and ${what}; ${columnHint}`);
}
