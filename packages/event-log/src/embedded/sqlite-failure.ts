import { LogFailure } from "./worker-protocol.ts";

const BUSY = 5;
const LOCKED = 6;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** The primary result code of an error of node:sqlite; undefined for any other error. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

/** Whether the database or the operating system said no, rather than a defect of this program. */
function isOfMachine(error: unknown): boolean {
  return resultCode(error) !== undefined || (error instanceof Error && "syscall" in error);
}

export function isLockedElsewhere(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/** Whether there is no room on the disk, or no more in the database than was allowed. */
export function isFull(error: unknown): boolean {
  return resultCode(error) === FULL;
}

/** Whether the database has to be opened anew before it can be trusted again. */
export function isIoFailure(error: unknown): boolean {
  const code = resultCode(error);
  return code === IO_ERROR || code === CANNOT_OPEN;
}

/**
 * The meaning of an error of the database for the caller of the log. Nothing of a call that fails while its transaction
 * is open has landed.
 */
export function failureOf(error: unknown, doing: string): LogFailure {
  if (error instanceof LogFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  switch (resultCode(error)) {
    case FULL:
      return new LogFailure("unavailable", `no space left while ${doing}: ${message}`, error);
    case IO_ERROR:
    case CANNOT_OPEN:
    case BUSY:
      return new LogFailure("unavailable", `the disk failed while ${doing}: ${message}`, error);
    case CORRUPT:
    case NOT_A_DATABASE:
      return new LogFailure(
        "unusable",
        `the event log is damaged (found while ${doing}): ${message}; stop Headwater and run headwater log repair, or restore the data folder from a backup`,
        error,
      );
    default:
      return new LogFailure(
        isOfMachine(error) ? "resource" : "invariant",
        `unexpected failure of the event log while ${doing}: ${message}`,
        error,
      );
  }
}
