import {
  type AppendedRange,
  type ConsumeOptions,
  type Consumption,
  type EventLog,
  type Following,
  type FollowOptions,
  type LogBatch,
  type OutgoingRecord,
  type PartitionPositions,
  type Position,
  type ReadRange,
  type TopicSpec,
  LogUnavailableError,
  TopicMismatchError,
} from "@headwater/event-log";
import { HeadwaterError, LastingTrouble, retrying, type Logger } from "@headwater/core";

/**
 * A log that may be away when the gateway starts: it is opened in the background, again and again, and until then
 * everything is as with a log that has just gone away. So devices log in and are heard from a cold start without it.
 */
export class DeferredLog implements EventLog {
  readonly #opened: Promise<EventLog>;
  readonly #closing = new AbortController();
  #log: EventLog | undefined;
  /** Why it is not open yet. */
  #problem: HeadwaterError | undefined;

  /**
   * `open` also makes sure of the topics. It is repeated while its error advises so, and while topics are not as they
   * have to be, which an operator mends; any other error ends `opened`.
   */
  constructor(open: () => Promise<EventLog>, logger: Logger) {
    const trouble = new LastingTrouble();
    this.#opened = retrying(() => open().catch(waitingForTopics), {
      signal: this.#closing.signal,
      maxMs: 5000,
      onRetry: (error) => {
        this.#problem = error;
        if (!trouble.isNews(error.message)) return;
        logger.warn({ problem: error.message }, "the event log is away; messages go to the spool until it is back");
      },
    });
    this.#opened.then(
      (log) => (this.#log = log),
      () => {},
    );
  }

  /** Resolves once the log is open; rejects if it never will be. */
  get opened(): Promise<EventLog> {
    return this.#opened;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#now().ensureTopics(specs);
  }

  async append(topic: string, records: readonly OutgoingRecord[]): Promise<readonly AppendedRange[]> {
    return this.#now().append(topic, records);
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    return (await this.#opened).consume(options);
  }

  async follow(options: FollowOptions): Promise<Following> {
    return (await this.#opened).follow(options);
  }

  async *read(topic: string, partition: number, range?: ReadRange): AsyncIterable<LogBatch> {
    yield* this.#now().read(topic, partition, range);
  }

  async positions(topic: string): Promise<readonly PartitionPositions[]> {
    return this.#now().positions(topic);
  }

  async committed(group: string, topics: readonly string[]): Promise<readonly Position[]> {
    return this.#now().committed(group, topics);
  }

  warnings(): readonly string[] {
    if (this.#log !== undefined) return this.#log.warnings?.() ?? [];
    const refused = this.#problem?.cause;
    return refused instanceof TopicMismatchError ? [`nothing is written to it: ${refused.message}`] : [];
  }

  async close(): Promise<void> {
    const isOpen = this.#log !== undefined;
    this.#closing.abort(new LogUnavailableError("The event log is closed"));
    const closed = this.#opened.then(
      (log) => log.close(),
      (error: unknown) => {
        if (!(error instanceof HeadwaterError)) throw error;
      },
    );
    // An attempt under way ends by itself after seconds, and closes what it opened; there is nothing to wait for.
    if (isOpen) await closed;
    else closed.catch(() => {});
  }

  #now(): EventLog {
    if (this.#log === undefined) {
      const why = this.#problem === undefined ? "" : `: ${this.#problem.message}`;
      throw new LogUnavailableError(`The event log is not open yet${why}`, { cause: this.#problem });
    }
    return this.#log;
  }
}

function waitingForTopics(error: unknown): never {
  if (!(error instanceof TopicMismatchError)) throw error;
  throw new LogUnavailableError(`Nothing is written to the event log: ${error.message}`, { cause: error });
}
