import { write as writeFile } from "node:fs";
import { open, readFile, type FileHandle } from "node:fs/promises";
import { decodeFileHeader, fileHeaderBytes, readChunk, type Chunk } from "./recent-chunks.ts";

/** A file that an earlier process left. */
export interface OldFile {
  readonly index: 0 | 1;
  readonly bytes: Buffer;
  readonly epoch: number;
  readonly generation: number;
  readonly chunks: readonly Chunk[];
}

/** undefined if there is no such file, or none that can be read. */
export async function readOld(file: string, index: 0 | 1): Promise<OldFile | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const header = decodeFileHeader(bytes);
  if (header === undefined) return undefined;
  const chunks: Chunk[] = [];
  for (let at = fileHeaderBytes; ;) {
    const chunk = readChunk(bytes, at, header.generation);
    if (chunk === undefined) return { index, bytes, ...header, chunks };
    chunks.push(chunk);
    at = chunk.end;
  }
}

export async function openForWriting(file: string): Promise<FileHandle> {
  try {
    return await open(file, "r+", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return open(file, "w+", 0o600);
  }
}

/** Writes all of the bytes there. */
export function writeAt(fd: number, bytes: Buffer, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    writeFile(fd, bytes, 0, bytes.length, position, (error, written) => {
      if (error !== null) reject(error);
      else if (written < bytes.length) writeAt(fd, bytes.subarray(written), position + written).then(resolve, reject);
      else resolve();
    });
  });
}
