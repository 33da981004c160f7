import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { JournalFile, type Logger, nowMicros, sha256 } from "@headwater/core";

/** An answer as it was sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

interface Kept {
  /** Digest of the request. */
  readonly request: string;
  /** ms since the epoch. */
  readonly at: number;
  /** undefined: the first request is still under way. */
  readonly sealed?: string;
}

/** One line of the file. */
interface Entry extends Required<Kept> {
  readonly key: string;
}

const keepMs = 24 * 60 * 60 * 1000;
const maxKept = 10_000;
/** Of all answers together. */
const maxBytes = 32 * 1024 * 1024;
const cipher = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * The answers to requests that may come again, by key, for a day; of more than ten thousand or 32 MiB the oldest go.
 * With a file they survive a restart and a power loss.
 *
 * An answer may hold a token that is shown once. So neither memory nor the file has the keys, but their digests, and
 * the answers are sealed with a secret that is made of the key: who reads the file learns nothing without it.
 */
export class KeptAnswers {
  readonly #kept = new Map<string, Kept>();
  readonly #journal: JournalFile | undefined;
  readonly #logger: Logger;
  #bytes = 0;

  private constructor(journal: JournalFile | undefined, logger: Logger) {
    this.#journal = journal;
    this.#logger = logger;
  }

  /** Rejects with ResourceError for a file that cannot be used. */
  static async open(file: string | undefined, logger: Logger): Promise<KeptAnswers> {
    if (file === undefined) return new KeptAnswers(undefined, logger);
    const { journal, content } = await JournalFile.open({ file });
    const answers = new KeptAnswers(journal, logger);
    for (const line of content.entries) {
      const { key, ...kept } = JSON.parse(line) as Entry;
      answers.#keep(key, kept);
    }
    answers.#forgetOld();
    return answers;
  }

  /** What is known of a key: its answer, that its request is under way, or that it came with another request. */
  find(key: string, request: string): Answer | "under-way" | "another" | undefined {
    this.#forgetOld();
    const kept = this.#kept.get(digest("name", key));
    if (kept === undefined) return undefined;
    if (kept.request !== request) return "another";
    return kept.sealed === undefined ? "under-way" : open(kept.sealed, key);
  }

  /** The first request of a key is under way. */
  begin(key: string, request: string): void {
    this.#keep(digest("name", key), { request, at: nowMs() });
  }

  /** It was answered. Resolves when the answer is on disk, or cannot be: it is kept in memory then. */
  async end(key: string, answer: Answer): Promise<void> {
    const name = digest("name", key);
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    const ended = { ...kept, sealed: seal(answer, key) };
    this.#keep(name, ended);
    try {
      await this.#journal?.appendSynced([JSON.stringify({ key: name, ...ended } satisfies Entry)]);
      if (this.#journal?.isMostlyHistory === true) await this.#journal.replace(this.#entries());
    } catch (err) {
      this.#logger.warn({ err }, "an answer that may be asked for again is not on disk");
    }
  }

  /** It failed, and may be tried again. */
  forget(key: string): void {
    this.#remove(digest("name", key));
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  #keep(name: string, kept: Kept): void {
    // The order of the map is that of age.
    this.#remove(name);
    this.#kept.set(name, kept);
    this.#bytes += kept.sealed?.length ?? 0;
  }

  #remove(name: string): void {
    this.#bytes -= this.#kept.get(name)?.sealed?.length ?? 0;
    this.#kept.delete(name);
  }

  #forgetOld(): void {
    const now = nowMs();
    for (const [name, { at }] of this.#kept) {
      if (now - at < keepMs && this.#kept.size < maxKept && this.#bytes < maxBytes) break;
      this.#remove(name);
    }
  }

  *#entries(): Generator<string> {
    for (const [key, { sealed, ...kept }] of this.#kept) {
      if (sealed !== undefined) yield JSON.stringify({ key, ...kept, sealed } satisfies Entry);
    }
  }
}

function nowMs(): number {
  return Math.floor(nowMicros() / 1000);
}

function digest(purpose: "name" | "seal", key: string): string {
  return sha256(`headwater answers ${purpose} ${key}`).toString("base64");
}

function seal(answer: Answer, key: string): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, Buffer.from(digest("seal", key), "base64"), nonce);
  const body = Buffer.concat([sealing.update(JSON.stringify(answer), "utf8"), sealing.final()]);
  return Buffer.concat([nonce, sealing.getAuthTag(), body]).toString("base64");
}

function open(sealed: string, key: string): Answer {
  const bytes = Buffer.from(sealed, "base64");
  const opening = createDecipheriv(cipher, Buffer.from(digest("seal", key), "base64"), bytes.subarray(0, nonceBytes));
  opening.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const text = Buffer.concat([opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()]).toString("utf8");
  return JSON.parse(text) as Answer;
}
