import { type BigIntStats, readFileSync, statSync } from "node:fs";
import { ConfigError, type Logger } from "@headwater/core";
import { parse } from "yaml";

type Secrets = ReadonlyMap<string, readonly string[]>;

/**
 * Secrets that rules name: a YAML or JSON file of names, each with a text or a list of texts, the newest first. It is
 * read again when it changes, so a secret is replaced without a restart.
 */
export class SecretsFile {
  readonly #path: string | undefined;
  readonly #logger: Logger;
  #version = "";
  #secrets: Secrets = new Map();

  /** Throws ConfigError for a file that cannot be read or holds something else. */
  constructor(path: string | undefined, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
    if (path === undefined) return;
    this.#version = versionOf(path);
    this.#secrets = read(path);
    this.#warnIfOthersMayRead(path);
  }

  get(name: string): readonly string[] | undefined {
    if (this.#path !== undefined) this.#readAgain(this.#path);
    return this.#secrets.get(name);
  }

  #readAgain(path: string): void {
    try {
      const version = versionOf(path);
      if (version === this.#version) return;
      this.#secrets = read(path);
      this.#version = version;
      this.#warnIfOthersMayRead(path);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // It may be half written; those that were read last stay.
      this.#logger.warn({ problem: error.message }, "the file of secrets is not read again");
    }
  }

  #warnIfOthersMayRead(path: string): void {
    if (!othersMayRead(path)) return;
    this.#logger.warn({ file: path }, "others may read the file of secrets; run chmod 600 on it");
  }
}

function versionOf(path: string): string {
  const stats = statsOf(path);
  return `${stats.ino}/${stats.mtimeNs}/${stats.size}/${stats.mode}`;
}

function statsOf(path: string): BigIntStats {
  let stats: BigIntStats | undefined;
  try {
    stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    // A folder on the way that is another's, a link to itself.
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`HEADWATER_ACTIONS_SECRETS_FILE: ${path} cannot be read (${code})`);
  }
  if (stats === undefined) throw new ConfigError(`HEADWATER_ACTIONS_SECRETS_FILE: there is no file ${path}`);
  return stats;
}

/** Whether the file is somebody else's to read as well; Windows has no such modes. */
function othersMayRead(path: string): boolean {
  return process.platform !== "win32" && (Number(statsOf(path).mode) & 0o077) !== 0;
}

function read(path: string): Secrets {
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"));
  } catch {
    // The parser's words would show what the file holds.
    throw new ConfigError(`HEADWATER_ACTIONS_SECRETS_FILE: ${path} cannot be read, or is no YAML`);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new ConfigError(`HEADWATER_ACTIONS_SECRETS_FILE: ${path} has to hold names with their secrets`);
  }
  return new Map(
    Object.entries(content).map(([name, value]: [string, unknown]) => {
      const values: unknown[] = Array.isArray(value) ? value : [value];
      if (values.length > 0 && values.every((each): each is string => typeof each === "string" && each !== "")) {
        return [name, values];
      }
      throw new ConfigError(`HEADWATER_ACTIONS_SECRETS_FILE: ${name} in ${path} has to be a text or a list of texts`);
    }),
  );
}
