import { JournalFile, JournalWriter, type JournalFileOptions, type Logger } from "@headwater/core";
import type { Principal } from "../../devices/identity/principal.ts";

/** A last will that waits for its delay (MQTT 5, 3.1.3.2.2), after its connection has ended. */
export interface WaitingWill {
  readonly session: string;
  /** The connection that left it, as presence names it. */
  readonly connection: string;
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** The PUBLISH of MQTT 5 that it is to be, in base64. */
  readonly publish: string;
}

type Entry = ({ readonly t: "will" } & WaitingWill) | { readonly t: "end"; readonly session: string };

/** The last wills that wait, on disk: a gateway that starts again sends what was due meanwhile, or is yet to come. */
export class WaitingWills {
  readonly #wills = new Map<string, WaitingWill>();
  readonly #writer: JournalWriter;

  private constructor(journal: JournalFile, logger: Logger) {
    this.#writer = new JournalWriter({
      journal,
      liveEntries: () => this.#liveEntries(),
      logger,
      onFailure: "last wills that wait cannot be stored; a gateway that ends does not send them",
    });
  }

  /** Throws ResourceError if the file cannot be read or written. */
  static async open(options: JournalFileOptions & { readonly logger: Logger }): Promise<WaitingWills> {
    const { journal, content } = await JournalFile.open(options);
    const wills = new WaitingWills(journal, options.logger);
    const skipped = content.damaged + wills.#replay(content.entries);
    if (skipped > 0)
      options.logger.warn({ file: options.file, lines: skipped }, "unreadable lines among the last wills");
    await journal.replace(wills.#liveEntries());
    return wills;
  }

  get all(): readonly WaitingWill[] {
    return [...this.#wills.values()];
  }

  has(session: string): boolean {
    return this.#wills.has(session);
  }

  add(will: WaitingWill): void {
    this.#wills.set(will.session, will);
    this.#note({ t: "will", ...will });
  }

  /** It was sent, or is not to be sent any more. */
  remove(session: string): void {
    if (this.#wills.delete(session)) this.#note({ t: "end", session });
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  #note(entry: Entry): void {
    this.#writer.add(JSON.stringify(entry));
    this.#writer.flush().catch(() => {
      // The gateway stops, or has said that it cannot write.
    });
  }

  *#liveEntries(): Iterable<string> {
    for (const will of this.#wills.values()) yield JSON.stringify({ t: "will", ...will } satisfies Entry);
  }

  /** Answers how many lines are no entries. */
  #replay(lines: readonly string[]): number {
    let skipped = 0;
    for (const line of lines) {
      const entry = decodeEntry(line);
      if (entry === undefined) skipped += 1;
      else if (entry.t === "end") this.#wills.delete(entry.session);
      else {
        const { t: _, ...will } = entry;
        this.#wills.set(will.session, will);
      }
    }
    return skipped;
  }
}

function decodeEntry(text: string): Entry | undefined {
  let entry: Partial<Extract<Entry, { t: "will" }>> | null;
  try {
    entry = JSON.parse(text) as typeof entry;
  } catch {
    return undefined;
  }
  if (typeof entry !== "object" || entry === null || typeof entry.session !== "string") return undefined;
  if ((entry.t as string) === "end") return entry as Entry;
  const sound =
    entry.t === "will" &&
    Number.isSafeInteger(entry.dueAt) &&
    typeof entry.publish === "string" &&
    typeof entry.connection === "string" &&
    typeof entry.principal === "object";
  return sound ? (entry as Entry) : undefined;
}
