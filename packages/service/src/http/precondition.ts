import { RequestError } from "@headwater/core";

/** The condition that a request puts on the present revision of a resource. */
export interface Precondition {
  /** Whether a resource at this revision fulfils it; undefined: there is no such resource. */
  holds(revision: number | undefined): boolean;
  /** The headers as they were sent, for answers. */
  readonly text: string;
}

/** The headers that make a precondition. */
export interface PreconditionHeaders {
  readonly "if-match"?: string | undefined;
  readonly "if-none-match"?: string | undefined;
}

/** The strong entity tag of a resource at that revision. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** That of an answer which changes within a revision too: `variant` tells the answers of a revision apart. */
export function variantEtag(revision: number, variant: string): string {
  return `"${revision}-${variant}"`;
}

/**
 * Reads `If-Match` and `If-None-Match` as RFC 9110, 13.1 defines them: `*`, or a list of entity tags. The first asks
 * that one of them is the resource's (by strong comparison: a weak tag is read and never matches), the second that none
 * is (by weak comparison). A tag stands for its revision: what follows that in it does not count. undefined: no header,
 * so no condition. Throws RequestError (400, `invalid-if-match`).
 */
export function parsePrecondition(headers: PreconditionHeaders): Precondition | undefined {
  const { "if-match": match, "if-none-match": noneMatch } = headers;
  const named = match === undefined ? undefined : parseTags("If-Match", match, false);
  const excluded = noneMatch === undefined ? undefined : parseTags("If-None-Match", noneMatch, true);
  if (named === undefined && excluded === undefined) return undefined;
  const texts = [match && `If-Match: ${match}`, noneMatch && `If-None-Match: ${noneMatch}`].filter(Boolean);
  return {
    text: texts.join(" and "),
    holds: (revision) => named?.has(revision) !== false && excluded?.has(revision) !== true,
  };
}

/** No condition lists more tags. */
const maxTags = 100;

/**
 * One element of the header with its comma: an entity tag, weak or strong (RFC 9110, 8.8.3), or a bare number, which
 * stands for the tag of that revision; or nothing, which a list may hold (RFC 9110, 5.6.1).
 */
const element = /[ \t]*(?:(?<weak>W\/)?"(?<tag>[\x21\x23-\x7e\x80-\xff]*)"|(?<bare>\d{1,15}))?[ \t]*(?:,|$)/y;

/** The revisions that a header names; `*` names every one that is there. */
function parseTags(name: string, header: string, weakToo: boolean): { has(revision: number | undefined): boolean } {
  if (header.trim() === "*") return { has: (revision) => revision !== undefined };
  const revisions = new Set<string>();
  let tags = 0;
  element.lastIndex = 0;
  while (element.lastIndex < header.length) {
    const groups = element.exec(header)?.groups;
    if (groups === undefined) throw malformed(name);
    const { weak, tag, bare } = groups;
    if (tag === undefined && bare === undefined) continue;
    tags += 1;
    const revision = bare ?? /^(\d+)(?:-\w+)?$/.exec(tag!)?.[1];
    if (revision !== undefined && (weakToo || weak === undefined)) revisions.add(revision);
  }
  if (tags === 0 || tags > maxTags) throw malformed(name);
  return { has: (revision) => revision !== undefined && revisions.has(String(revision)) };
}

function malformed(name: string): RequestError {
  return new RequestError(
    400,
    "invalid-if-match",
    `${name} takes ETags as reads answer them, like "3" or "3", "4", or *`,
  );
}
