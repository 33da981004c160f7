import { closeSync, openSync, writeSync } from "node:fs";
import type { ApiClient } from "@headwater/client";
import { DeviceFileError } from "./errors.ts";
import { filePieces } from "./file-pieces.ts";

interface Row {
  readonly row: number;
  readonly outcome: "created" | "updated" | "unchanged" | "refused" | "failed";
}

/** A line of the answer: one for each row, and the last. */
type Answer = Row | { readonly summary: { readonly complete: boolean } };

export interface ImportValues {
  readonly file: string;
  readonly isCsv: boolean;
  readonly isDryRun: boolean;
  readonly tokens: string;
  /** By which the platform knows a file that is sent again. */
  readonly key: string | undefined;
  /** Where the answers go, with the tokens; undefined: to standard output. */
  readonly out: string | undefined;
}

/** Sends a file piece by piece; the exit code is 1 unless every row was taken. @throws DeviceFileError. */
export async function importDevices(api: ApiClient, values: ImportValues): Promise<number> {
  const { file, isCsv, isDryRun, tokens, key, out } = values;
  const path = `/api/v1/imports/devices?dryRun=${isDryRun}&tokens=${encodeURIComponent(tokens)}`;
  const type = { "content-type": isCsv ? "text/csv" : "application/x-ndjson" };
  const told = out === undefined ? undefined : openForTokens(out);
  const counts: Record<Row["outcome"], number> = { created: 0, updated: 0, unchanged: 0, refused: 0, failed: 0 };
  let [rows, pieces] = [0, 0];
  let isWhole = true;
  try {
    for await (const piece of filePieces(file, isCsv)) {
      const before = rows;
      const headers = { ...type, ...(key !== undefined && { "idempotency-key": `${key}#${++pieces}` }) };
      isWhole = false;
      for await (const answer of linesOf(await api.stream(path, headers, piece))) {
        if (!("row" in answer)) {
          isWhole = answer.summary.complete;
          continue;
        }
        rows = before + answer.row;
        counts[answer.outcome] += 1;
        const line = `${JSON.stringify({ ...answer, row: rows })}\n`;
        if (told === undefined) process.stdout.write(line);
        else writeSync(told, line);
      }
      if (!isWhole) break;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EACCES" && code !== "EISDIR") throw error;
    throw new DeviceFileError(`${file} cannot be read (${code})`);
  } finally {
    if (told !== undefined) closeSync(told);
  }
  const { created, updated, unchanged, refused, failed } = counts;
  const would = isDryRun ? "would be " : "";
  console.error(
    `${would}created ${created}, updated ${updated}, unchanged ${unchanged}; refused ${refused}, failed ${failed}`,
  );
  if (!isWhole) console.error(`it ended at row ${rows}: run it again, rows that were done change nothing`);
  return isWhole && refused === 0 && failed === 0 ? 0 : 1;
}

/** Readable by this user alone, and never over what is there. */
function openForTokens(file: string): number {
  try {
    return openSync(file, "wx", 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EEXIST" ? "it is there already, and may hold tokens" : code;
    throw new DeviceFileError(`${file} cannot be made (${why}); name another file with --out`);
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Answer> {
  let text = "";
  for await (const part of body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const lines = (text + part).split("\n");
    text = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as Answer;
  }
}
