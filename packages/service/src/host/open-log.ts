import { openEventLog, topicSpecs, type EventLog, type EventLogSettings, type LogGap } from "@headwater/event-log";
import { ConfigError, LastingTrouble, retrying, type Logger } from "@headwater/core";

/** An event log as a process starts with it. */
export interface OpenedLog {
  readonly log: EventLog;
  /** Resolves when the services may start; rejects if the log can never be had. */
  readonly ready: () => Promise<void>;
  /** Rejects if the log turns out to be unusable after the start. */
  readonly died?: Promise<never>;
}

/**
 * Calls `open` (the configured log with its topics) until it succeeds, or fails with an error that no retry mends.
 */
export type OpenLog = (
  open: () => Promise<EventLog>,
  logger: Logger,
  signal: AbortSignal,
) => OpenedLog | Promise<OpenedLog>;

/** How long a process waits at its start for a log that is still coming up (milliseconds). */
const startPatienceMs = 4 * 60_000;

/** Waits some minutes for a log that is still coming up; rejects with the last error after that. */
export const waitForLog: OpenLog = async (open, logger, signal) => {
  const trouble = new LastingTrouble();
  const log = await retrying(open, {
    maxMs: 3000,
    maxForMs: startPatienceMs,
    signal,
    onRetry: ({ message }) => {
      if (trouble.isNews(message)) logger.warn({ problem: message }, "waiting for the event log");
    },
  });
  return { log, ready: async () => {} };
};

export interface LogClient {
  readonly dataDir: string;
  readonly logger: Logger;
  readonly clientId: string;
  readonly partitions: number;
  /** Largest record that a service of the process may append; 0: no larger than any log takes. */
  readonly maxRecordBytes?: number;
  readonly onGap: (gap: LogGap) => void;
}

/** Opens the configured log and makes sure of its topics. Rejects as `openEventLog` and `ensureTopics` do. */
export async function openLogWithTopics(config: EventLogSettings, client: LogClient): Promise<EventLog> {
  const log = await openEventLog(config, client);
  try {
    await log.ensureTopics(topicSpecs(client.partitions, config.eventLog.topicPrefix, client.maxRecordBytes));
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** @throws ConfigError if the log is embedded, which processes cannot share. */
export function refuseEmbeddedLog({ eventLog }: EventLogSettings): void {
  if (eventLog.kind !== "embedded") return;
  throw new ConfigError(
    "The embedded event log belongs to one process: run everything in it with `headwater start`, or set HEADWATER_EVENT_LOG=kafka",
  );
}
