import { nowMicros } from "@headwater/core";
import { randomInt } from "node:crypto";
import type { CommandToSend } from "../command-message.ts";
import { maxResultBytes } from "../reply.ts";
import type { Answer, CommandDialect, DialectMessage, SentCommand } from "./dialect.ts";

/** Beyond it the oldest counts as never answered. */
const maxAwaited = 64;

interface Awaited extends SentCommand {
  readonly dialect: CommandDialect;
  /** Microseconds since the epoch. */
  readonly deadline: number;
}

export interface AnswerToCommand extends Answer {
  readonly commandId: string;
}

/** Commands that one connection was sent in the words of its firmware, and that it has not answered. */
export class AwaitedAnswers {
  #awaited: Awaited[] = [];
  /** From anywhere, so that a late answer to an earlier connection answers nothing. */
  #n = randomInt(1, 2 ** 30);

  /** The message by which the device is told; undefined if its firmware can have no such command. */
  begin(dialect: CommandDialect, command: CommandToSend): DialectMessage | undefined {
    const { id, name, params, deadline } = command;
    const now = nowMicros();
    this.#awaited = this.#awaited.filter((awaited) => awaited.deadline > now).slice(1 - maxAwaited);
    const n = this.#n;
    this.#n += 1;
    const message = dialect.message(command, n);
    if (message !== undefined) this.#awaited.push({ id, name, params, n, dialect, deadline });
    return message;
  }

  /** The command that this message of the device answers, the oldest first. */
  hear(topic: string, payload: Uint8Array): AnswerToCommand | undefined {
    for (const [index, awaited] of this.#awaited.entries()) {
      const answer = answerOf(awaited, topic, payload);
      if (answer === undefined) continue;
      this.#awaited.splice(index, 1);
      const { status, result } = answer;
      return { commandId: awaited.id, status, result: result.length > maxResultBytes ? "" : result };
    }
    return undefined;
  }
}

function answerOf(awaited: Awaited, topic: string, payload: Uint8Array): Answer | undefined {
  try {
    return awaited.dialect.answer(topic, payload, awaited);
  } catch (error) {
    // JSON that nests too deeply to be written again.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
