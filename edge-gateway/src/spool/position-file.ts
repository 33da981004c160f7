import { rename, writeFile, readFile } from "node:fs/promises";

/** How far the spool has been forwarded. */
export interface SpoolPosition {
  readonly segment: number;
  readonly offset: number;
  /** The last n forwarded in each telemetry lane. */
  readonly lanes: readonly number[];
}

/**
 * Kept beside the segments, replaced as a whole. It is not synced: after a crash it may be old, then some records are sent again and
 * readers drop them by their identity.
 */
export class PositionFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** undefined if there is none that can be read; then everything that is in the spool is sent (again). */
  async read(): Promise<SpoolPosition | undefined> {
    try {
      const value = JSON.parse(await readFile(this.#file, "utf8")) as SpoolPosition;
      const sound =
        Number.isSafeInteger(value.segment) &&
        Number.isSafeInteger(value.offset) &&
        Array.isArray(value.lanes) &&
        value.lanes.every((n) => Number.isSafeInteger(n));
      return sound ? value : undefined;
    } catch {
      // Missing, torn or unreadable: all the same, a place further back is always right.
      return undefined;
    }
  }

  async write(position: SpoolPosition): Promise<void> {
    await writeFile(`${this.#file}.next`, JSON.stringify(position), { mode: 0o600 });
    await rename(`${this.#file}.next`, this.#file);
  }
}
