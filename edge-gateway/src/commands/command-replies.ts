import { isFinal } from "@headwater/aggregates";
import { DecodeError, isUuid, type Logger } from "@headwater/core";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import type { Acknowledgement } from "../pipeline/commit/acknowledgement.ts";
import type { RecordWriter } from "../pipeline/commit/record-writer.ts";
import type { CommandBook } from "./command-book.ts";
import type { AnswerToCommand } from "./dialects/awaited-answers.ts";
import { decodeReply, type Reply } from "./reply.ts";

export interface CommandRepliesOptions {
  readonly book: CommandBook;
  readonly recordWriter: RecordWriter;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

/** Characters; a command's id is a UUID, or one that somebody else's tool made. */
const maxCommandId = 128;

/** Brings what devices say of commands to the log. */
export class CommandReplies {
  readonly #options: CommandRepliesOptions;

  constructor(options: CommandRepliesOptions) {
    this.#options = options;
  }

  /**
   * Takes a device's reply, also one that comes before the acknowledgement. Answers with what is wrong with it if it
   * cannot be taken; nothing is written then.
   */
  reply(device: string, commandId: string, payload: Uint8Array, acknowledgement: Acknowledgement): string | undefined {
    const { book, recordWriter, metrics, logger } = this.#options;
    const known = book.get(commandId);
    // A book that is behind may not know it yet: the request is in the log before its reply, and every reader of the
    // log judges again.
    if (known === undefined ? book.caughtUp || commandId.length > maxCommandId : known.device !== device)
      return "A reply to a command that is not known";
    let reply: Reply;
    try {
      reply = decodeReply(payload);
    } catch (error) {
      // A defect of the reader; one reply must not end the gateway for all.
      if (!(error instanceof DecodeError)) logger.error({ err: error, device }, "a reply was not read");
      return (error as Error).message;
    }
    // The first final state counts; the record of a later one changes nothing, for any reader.
    metrics.commands.labels({ what: known !== undefined && isFinal(known) ? "repeated-reply" : reply.status }).inc();
    recordWriter.command(
      { device, commandId, [reply.status]: { result: reply.result } },
      reply.status,
      acknowledgement,
    );
    return undefined;
  }

  isCommandOf(device: string, commandId: string): boolean {
    const { book } = this.#options;
    const known = book.get(commandId);
    // A book that is behind may not know it yet; what has the form of an id is one, or the device would not say it.
    return known === undefined ? !book.caughtUp && isUuid(commandId) : known.device === device;
  }

  /** Takes what a device said in answer to a command, in the words of its firmware. */
  answered(device: string, { commandId, status, result }: AnswerToCommand): void {
    const { recordWriter, metrics } = this.#options;
    metrics.commands.labels({ what: status }).inc();
    recordWriter.command({ device, commandId, [status]: { result } }, status);
  }
}
