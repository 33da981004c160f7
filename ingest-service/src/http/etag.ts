import { RequestError } from "@headwater/core";

export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** The revision that `If-Match` names; undefined if there is none, or any will do (`*`). Throws RequestError (400). */
export function expectedRevision(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  const match = /^\s*"?(\d{1,15})"?\s*$/.exec(ifMatch);
  if (match === null) {
    throw new RequestError(400, "invalid-etag", 'If-Match takes the one ETag that a read answered with, like "3"');
  }
  return Number(match[1]);
}
