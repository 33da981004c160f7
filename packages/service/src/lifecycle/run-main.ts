import { constants } from "node:os";
import { HeadwaterError, InvariantError } from "@headwater/core";
import { redactText } from "../log/redact.ts";
import { exitCodes } from "./exit-codes.ts";
import { watchStandardStreams } from "./standard-streams.ts";

export interface MainContext {
  /** Aborted by SIGTERM or SIGINT: stop what runs, then return. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by the second signal, for a command that heeds it: the third ends the process then, not the second. */
  readonly secondSignal?: () => AbortSignal;
}

/** How long handles that are still open keep the process alive after `main` returned (milliseconds). */
const lingerMs = 1000;

/**
 * A signal of the same name within this is the same one: Ctrl-C reaches all processes at a terminal, and npm passes its
 * own on as well (milliseconds).
 */
const sameSignalMs = 500;

/**
 * What keeps a process alive and is nothing that anyone forgot to close: its standard streams, and what Node itself
 * has at the time.
 */
const unremarkable = new Set(["PipeWrap", "TTYWrap", "SignalWrap", "Immediate", "CloseReq", "ShutdownWrap"]);

/**
 * Runs a process: signals become `signal`, a second one ends at once unless the command heeds it; an error that a
 * person can act on is one line on standard error and exit code 1, any other comes with its stack and exit code 70, as
 * does an unhandled rejection. Returns when `main` has.
 */
export async function runMain(main: (context: MainContext) => Promise<void>): Promise<void> {
  const stopping = new AbortController();
  let hurrying: AbortController | undefined;
  let first: { readonly name: NodeJS.Signals; readonly at: number } | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    if (first === undefined) {
      first = { name, at: performance.now() };
      stopping.abort(name);
    } else if (name === first.name && performance.now() - first.at <= sameSignalMs) {
      return;
    } else if (hurrying?.signal.aborted === false) {
      first = { name, at: performance.now() };
      hurrying.abort(name);
    } else {
      process.exit(128 + constants.signals[name]);
    }
  };
  const onFatal = (error: unknown): void => {
    reportFailure(error);
    process.exit(exitCodes.internal);
  };
  watchStandardStreams();
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  process.on("uncaughtException", onFatal);
  process.on("unhandledRejection", onFatal);
  try {
    await main({
      signal: stopping.signal,
      env: process.env,
      secondSignal: () => (hurrying ??= new AbortController()).signal,
    });
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
  setTimeout(() => {
    const open = process.getActiveResourcesInfo().filter((resource) => !unremarkable.has(resource));
    if (open.length > 0) process.stderr.write(`Still open at the end: ${open.join(", ")}\n`);
    process.exit();
  }, lingerMs).unref();
}

/** Says on standard error why a process ends, and answers with its exit code. */
export function reportFailure(error: unknown): number {
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
