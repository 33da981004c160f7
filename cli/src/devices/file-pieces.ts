import { createReadStream } from "node:fs";

/** A request has at most so many rows, and bytes. */
const rowsAPiece = 2000;
const bytesAPiece = 4 * 1024 * 1024;

const quote = 0x22;
const newline = 0x0a;

/**
 * A file of rows in pieces that can be sent one after the other, whatever its size; of CSV each has the header. A line
 * ends a row unless it is in quotes.
 */
export async function* filePieces(file: string, isCsv: boolean): AsyncGenerator<Buffer<ArrayBuffer>> {
  let header: Buffer | undefined = isCsv ? undefined : Buffer.alloc(0);
  let piece: Buffer[] = [];
  let bytes = 0;
  let begun: Buffer[] = [];
  let isQuoted = false;
  const add = (row: Buffer): void => {
    if (header === undefined) header = row;
    else {
      piece.push(row);
      bytes += row.length;
    }
  };
  const take = (): Buffer<ArrayBuffer> => {
    const whole = Buffer.concat([header!, ...piece]);
    [piece, bytes] = [[], 0];
    return whole;
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (isCsv && chunk[at] === quote) isQuoted = !isQuoted;
      if (chunk[at] !== newline || isQuoted) continue;
      add(Buffer.concat([...begun, chunk.subarray(from, at + 1)]));
      [begun, from] = [[], at + 1];
      if (piece.length >= rowsAPiece || bytes >= bytesAPiece) yield take();
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
  if (begun.length > 0) add(Buffer.concat(begun));
  if (piece.length > 0 || header === undefined || header.length > 0) yield take();
}
