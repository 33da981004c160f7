/** The primary result code of an error of node:sqlite. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}

/** SQLITE_BUSY, SQLITE_LOCKED: somebody else holds the file. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === 5 || code === 6;
}

/** SQLITE_CORRUPT, SQLITE_NOTADB: the file is of no use any more. */
export function isDamaged(error: unknown): boolean {
  const code = resultCode(error);
  return code === 11 || code === 26;
}

/** SQLITE_IOERR, SQLITE_FULL: the disk may be better later. */
export function isDiskFailure(error: unknown): boolean {
  const code = resultCode(error);
  return code === 10 || code === 13;
}

/** SQLITE_PERM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN: the machine does not give the file. */
export function isWithheld(error: unknown): boolean {
  const code = resultCode(error);
  return code === 3 || code === 8 || code === 14 || isDiskFailure(error);
}
