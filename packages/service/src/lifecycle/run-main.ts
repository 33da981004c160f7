import { constants } from "node:os";
import { HeadwaterError, InvariantError } from "@headwater/core";
import { redactText } from "../log/redact.ts";

export interface MainContext {
  /** Aborted by SIGTERM or SIGINT: stop what runs, then return. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/** How a process ends (sysexits: 70 is an internal error). */
export const exitCodes = { ok: 0, failed: 1, internal: 70 } as const;

/** How long handles that are still open keep the process alive after `main` returned (milliseconds). */
const lingerMs = 1000;

/**
 * Runs a process: signals become `signal`, a second one ends at once; an error that a person can act on is one line on
 * standard error and exit code 1, any other comes with its stack and exit code 70, as does an unhandled
 * rejection. Returns when `main` has.
 */
export async function runMain(main: (context: MainContext) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(128 + constants.signals[name]);
    stopping.abort(name);
  };
  const onFatal = (error: unknown): void => {
    report(error);
    process.exit(exitCodes.internal);
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  process.on("uncaughtException", onFatal);
  process.on("unhandledRejection", onFatal);
  try {
    await main({ signal: stopping.signal, env: process.env });
  } catch (error) {
    process.exitCode = report(error);
  }
  setTimeout(() => {
    process.stderr.write(`Still open at the end: ${process.getActiveResourcesInfo().join(", ")}\n`);
    process.exit();
  }, lingerMs).unref();
}

/** Says on standard error why the process ends, and answers with the exit code. */
function report(error: unknown): number {
  if (
    error instanceof HeadwaterError &&
    !(error instanceof InvariantError) &&
    (error.advice === "stop" || error.advice === "retry" || error.advice === "wait")
  ) {
    process.stderr.write(`${redactText(oneLine(error))}\n`);
    return exitCodes.failed;
  }
  const text = error instanceof Error ? withCauses(error) : `Thrown: ${String(error)}`;
  process.stderr.write(`${redactText(text)}\n`);
  return exitCodes.internal;
}

/** The message, and those of the causes that say more. */
function oneLine(error: Error): string {
  const messages = [error.message];
  for (let cause = error.cause; cause instanceof Error && messages.length < 4; cause = cause.cause) {
    if (cause.message !== "" && !messages.some((message) => message.includes(cause.message)))
      messages.push(cause.message);
  }
  return messages.join(": ").replaceAll(/\s*\n\s*/g, " ");
}

function withCauses(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by ${withCauses(error.cause)}` : "";
  return `${error.stack ?? String(error)}${cause}`;
}
