import { exitCodes } from "./exit-codes.ts";

/**
 * Keeps what becomes of the standard streams from ending the process with a stack. A reader that has gone away
 * (`headwater ledger | head -1`) has seen what it wanted; any other failure of standard output is one line and the exit
 * code of a failure.
 */
export function watchStandardStreams(): void {
  // There is nowhere left to say anything.
  process.stderr.on("error", () => {});
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE" || process.exitCode === exitCodes.failed) return;
    process.exitCode = exitCodes.failed;
    process.stderr.write(`Standard output cannot be written: ${message}\n`);
  });
}
