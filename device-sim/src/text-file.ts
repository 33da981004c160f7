import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { SimulationError } from "./errors.ts";

const pieceBytes = 64 * 1024;

/**
 * The text of a file, without a byte order mark. No more is read than `mostBytes`: what somebody names may be a device
 * that never ends.
 * @param what what it is called in a message, like `the fleet`
 * @throws SimulationError naming the file
 */
export function readTextFile(file: string, what: string, mostBytes: number): string {
  let bytes: Buffer;
  try {
    bytes = readAtMost(file, mostBytes);
  } catch (cause) {
    throw new SimulationError(`${what} ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (bytes.length > mostBytes) throw new SimulationError(`${what} ${file} is longer than ${mostBytes} bytes; cut it`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SimulationError(`${what} ${file} is no text in UTF-8; save it as UTF-8`, { cause });
  }
}

/** One byte more than `mostBytes` if there are more. */
function readAtMost(file: string, mostBytes: number): Buffer {
  const descriptor = openSync(file, "r");
  try {
    if (fstatSync(descriptor).isDirectory()) throw new SimulationError("it is a folder");
    const pieces: Buffer[] = [];
    for (let length = 0; length <= mostBytes;) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, mostBytes + 1 - length));
      const read = readSync(descriptor, piece);
      if (read === 0) break;
      pieces.push(piece.subarray(0, read));
      length += read;
    }
    return Buffer.concat(pieces);
  } finally {
    closeSync(descriptor);
  }
}
