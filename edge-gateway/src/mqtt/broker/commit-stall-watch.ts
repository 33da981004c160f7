import type { GroupCommit } from "../../pipeline/commit/group-commit.ts";
import type { RecordWriter } from "../../pipeline/commit/record-writer.ts";
import { internals, readOn } from "./aedes-internals.ts";
import type { Connection } from "./connection.ts";

export interface CommitStallWatchOptions {
  readonly connections: ReadonlySet<Connection>;
  readonly commit: GroupCommit;
  readonly recordWriter: RecordWriter;
  /** A client with so many messages unacknowledged is not read on. */
  readonly maxUnacked: number;
}

const everyMs = 50;
/** A group commit takes a few milliseconds; one that takes longer than this is stuck. */
const stalledMs = 100;

/**
 * While messages cannot be made durable (a full spool, a disk that fails, a log that is away) their connections are
 * read on: pings are answered and commands are delivered although messages wait, up to a window for each client.
 */
export class CommitStallWatch {
  readonly #options: CommitStallWatchOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CommitStallWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { commit, recordWriter, connections, maxUnacked } = this.#options;
    const { oldestAt } = commit;
    const stalled = recordWriter.waiting > 0 || (oldestAt !== undefined && performance.now() - oldestAt > stalledMs);
    if (!stalled) return;
    for (const connection of connections) {
      if (connection.unacked === 0) continue;
      const { unanswered } = connection;
      if (unanswered >= maxUnacked) {
        // It is the gateway that does not read: the silence is not the device's.
        internals(connection.client)._keepaliveTimer?.refresh();
        continue;
      }
      readOn(connection.client, unanswered);
    }
  }
}
