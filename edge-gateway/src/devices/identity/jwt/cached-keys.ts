import type { Logger } from "@headwater/core";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseKeySet, type JsonWebKeySet, type KeySource } from "./key-source.ts";

export interface CachedKeysOptions {
  readonly source: KeySource;
  /** The file of the keys that were read last, so that logins work from a cold start while the issuer is away. */
  readonly folder: string;
  readonly logger: Logger;
  /** Milliseconds between readings. Default 10 minutes. */
  readonly everyMs?: number;
  /** Least time between readings that an unknown key asks for: anybody can make one up. Default 30 s. */
  readonly leastMs?: number;
}

/** The keys of an issuer as they were read last, in memory and on disk; they stay while the issuer is away. */
export class CachedKeys {
  readonly #options: Required<CachedKeysOptions>;
  readonly #file: string;
  #set: JsonWebKeySet | undefined;
  #reading: Promise<void> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CachedKeysOptions) {
    this.#options = { everyMs: 600_000, leastMs: 30_000, ...options };
    const name = createHash("sha256").update(options.source.name).digest("hex").slice(0, 32);
    this.#file = join(options.folder, `${name}.json`);
  }

  /** Changes with every reading that brought other keys; undefined: none was ever read. */
  get current(): JsonWebKeySet | undefined {
    return this.#set;
  }

  /** Resolves with the keys on disk; the issuer is asked meanwhile. */
  async start(): Promise<void> {
    try {
      this.#set = parseKeySet(await readFile(this.#file, "utf8"));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT") this.#options.logger.warn({ err: error }, "the kept keys of a JWT issuer cannot be read");
    }
    void this.#read();
    this.#timer = setInterval(() => void this.#read(), this.#options.everyMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  /** Reads again for a key that is not known here, unless that was done just now. Resolves in any case. */
  async refresh(): Promise<void> {
    if (this.#reading === undefined && performance.now() - this.#readAt < this.#options.leastMs) return;
    await this.#read();
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
      this.#readAt = performance.now();
    });
    return this.#reading;
  }

  async #readNow(): Promise<void> {
    const { source, logger, folder } = this.#options;
    try {
      const set = await source.read();
      const text = JSON.stringify(set);
      if (this.#set !== undefined && JSON.stringify(this.#set) === text) return;
      this.#set = set;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(`${this.#file}.new`, text, { mode: 0o600, flush: true });
      await rename(`${this.#file}.new`, this.#file);
    } catch (error) {
      logger.warn(
        { err: error, keys: source.name, known: this.#set?.keys.length ?? 0 },
        "the keys of a JWT issuer could not be read; those known stay",
      );
    }
  }
}
