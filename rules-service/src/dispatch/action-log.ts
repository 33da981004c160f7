import { nowMicros, type Logger } from "@headwater/core";
import type { EventLog, OutgoingRecord } from "@headwater/event-log";
import { cloudEventHeaders, events, eventTypes, type ActionInput } from "@headwater/proto";
import { appendDurably } from "../partitions/append-durably.ts";

export interface ActionLogOptions {
  readonly log: EventLog;
  readonly topic: string;
  readonly instance: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Longest error or reason that an event holds. */
const maxText = 500;

/** Writes actions.v1. What is told while an append is under way goes together with the next one, in its order. */
export class ActionLog {
  readonly #options: ActionLogOptions;
  #open: { readonly records: OutgoingRecord[]; readonly written: Promise<void> } | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: ActionLogOptions) {
    this.#options = options;
  }

  /** Resolves when the events are durable, however long the log is away. Rejects with the reason of the end. */
  append(partition: number, inputs: readonly ActionInput[]): Promise<void> {
    if (inputs.length === 0) return Promise.resolve();
    if (this.#open === undefined) {
      const records: OutgoingRecord[] = [];
      this.#last = this.#appendAfter(this.#last, records);
      this.#open = { records, written: this.#last };
    }
    for (const input of inputs) this.#open.records.push(this.#record(partition, input));
    return this.#open.written;
  }

  async #appendAfter(before: Promise<void>, records: readonly OutgoingRecord[]): Promise<void> {
    // Whoever wrote what came before was told; this one is tried regardless.
    await before.catch(() => {});
    this.#open = undefined;
    const { log, topic, logger, signal } = this.#options;
    await appendDurably(log, topic, records, { logger, signal });
  }

  #record(partition: number, input: ActionInput): OutgoingRecord {
    const at = nowMicros();
    const id = [input.actionId ?? partition, kindOf(input), input.attempted?.attempt ?? 0].join("/");
    const source = `/headwater/rules/${this.#options.instance}`;
    return {
      key: input.device ?? String(partition),
      partition,
      value: events.action.encode({ ...input, at }),
      headers: cloudEventHeaders({ type: eventTypes.action, source, id, time: at }),
    };
  }
}

const kinds = ["requested", "attempted", "succeeded", "gaveUp", "begun"] as const;

function kindOf(input: ActionInput): string {
  return kinds.find((kind) => input[kind] != null) ?? "";
}

/** A text of somebody else's, cut to what an event holds. */
export function shortText(text: string): string {
  return (text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text).toWellFormed();
}
