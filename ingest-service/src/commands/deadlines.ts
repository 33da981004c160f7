import { type CommandState, deviceDeleted, dueOutcome, lateCause, lifeOf } from "@headwater/aggregates";
import type { EventLog } from "@headwater/event-log";
import type { CommandInput } from "@headwater/proto";
import type { ReadModel } from "@headwater/event-log/read-model";
import { HeadwaterError, type Logger, nowMicros } from "@headwater/core";
import { incarnationOf } from "../devices/device-model.ts";
import { dueCommands } from "./command-model.ts";
import { commandRecord } from "./command-record.ts";

export interface DeadlinesOptions {
  readonly log: Pick<EventLog, "append" | "positions">;
  readonly topic: string;
  readonly model: ReadModel;
  readonly source: string;
  readonly logger: Logger;
  /** Partitions that this instance owns in the group; those of commands.v1 go with those of telemetry.v1. */
  readonly owned: () => readonly number[];
  /** Default 1000. */
  readonly everyMs?: number;
}

const maxAtOnce = 500;

/**
 * Ends commands whose deadline has passed or whose device was deleted, in the partitions that this instance owns. A
 * deadline is an append time of the log: nothing is ended before the wall clock has reached it, nor while the log does
 * not answer or has replies that are not read yet; and a reader ignores an end that the log appended too early (its
 * clock may be behind this one).
 */
export class Deadlines {
  readonly #options: DeadlinesOptions;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #stopped = false;
  /** The lag of the log's clock behind this process's clock, µs. */
  #behind = 0;

  constructor(options: DeadlinesOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.check(), options.everyMs ?? 1000);
  }

  /** Looks for overdue commands now, instead of at the next interval. */
  check(): void {
    if (this.#stopped || this.#running !== undefined) return;
    this.#running = this.#endDue()
      .catch((error: unknown) => {
        if (!(error instanceof HeadwaterError)) throw error;
        this.#options.logger.warn(
          { code: error.code, problem: error.message },
          "deadlines of commands wait for the log",
        );
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #endDue(): Promise<void> {
    const { model, log, topic, source, owned } = this.#options;
    if (!model.caughtUp) return;
    const now = nowMicros();
    const due = owned().flatMap((partition) => dueCommands(model.db, partition, now, maxAtOnce));
    if (due.length === 0) return;
    const ends = await log.positions(topic);
    const read = new Map(model.positions().map(({ topic: of, partition, offset }) => [`${of}/${partition}`, offset]));
    const inputs = due.flatMap((command) => {
      const { partition } = command.position;
      // An unread reply in the log precedes the end that would be written now.
      const end = ends.find((each) => each.partition === partition)?.end ?? 0;
      if ((read.get(`${topic}/${partition}`) ?? 0) < end) return [];
      if (lifeOf(command, incarnationOf(model.db, command.device)) === "ended") return [ofNoDevice(command, now)];
      return endOf(command, now, now - this.#behind) ?? [];
    });
    if (inputs.length === 0 || this.#stopped) return;
    const records = inputs.map((input) => commandRecord(input, source));
    for (const { partition, baseOffset, count } of await log.append(topic, records)) {
      // One after another: there are few partitions, and the next check needs these ends folded.
      await model.waitFor({ topic, partition, offset: baseOffset + count - 1 }, 10_000);
    }
    // A command that is due after its end was written: the log's clock has not reached the deadline.
    const early = owned().flatMap((partition) => dueCommands(model.db, partition, now, 1));
    this.#behind = early.length > 0 ? Math.min(this.#behind + 1_000_000, 60_000_000) : 0;
  }
}

/** The device that was meant is no more, whether there is another one of its id or not. */
function ofNoDevice({ id: commandId, device }: CommandState, at: number): CommandInput {
  return { commandId, device, at, rejected: { reason: deviceDeleted } };
}

function endOf(command: CommandState, at: number, logTime: number): CommandInput | undefined {
  const named = { commandId: command.id, device: command.device, at };
  if (lateCause(command)) {
    return { ...named, expired: { reason: "What asked for it lies further back than its ttl; it was not sent" } };
  }
  switch (dueOutcome(command, logTime)) {
    case "expired":
      return { ...named, expired: { reason: "No gateway with this device took it before its deadline" } };
    case "timed-out": {
      const state = command.status === "delivered" ? "It was delivered" : "A gateway took it";
      return { ...named, timedOut: { reason: `${state}, and no reply came before its deadline` } };
    }
    default:
      return undefined;
  }
}
