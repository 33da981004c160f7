import { RequestError } from "@headwater/core";

/** The condition of an `If-Match` header on the present revision of a resource. */
export interface IfMatch {
  /** As it was sent, for answers. */
  readonly header: string;
  /** Whether a resource at this revision fulfils it; undefined: there is no such resource. */
  matches(revision: number | undefined): boolean;
}

/** The strong entity tag of a resource at that revision. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** No condition lists more tags. */
const maxTags = 100;

/**
 * One element of the header with its comma: an entity tag, weak or strong (RFC 9110, 8.8.3), or a bare number, which
 * stands for the tag of that revision; or nothing, which a list may hold (RFC 9110, 5.6.1).
 */
const element = /[ \t]*(?:(?<weak>W\/)?"(?<tag>[\x21\x23-\x7e\x80-\xff]*)"|(?<bare>\d{1,15}))?[ \t]*(?:,|$)/y;

/**
 * Reads an `If-Match` header as RFC 9110, 13.1.1 defines it: `*` for any revision, or a list of entity tags of which
 * one has to equal the resource's. The comparison is strong: a weak tag is read and never matches. undefined: no
 * header, so no condition. Throws RequestError (400, `invalid-if-match`).
 */
export function parseIfMatch(header: string | undefined): IfMatch | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === "*") return { header: "*", matches: (revision) => revision !== undefined };
  const strong = new Set<string>();
  let tags = 0;
  element.lastIndex = 0;
  while (element.lastIndex < header.length) {
    const groups = element.exec(header)?.groups;
    if (groups === undefined) throw malformed();
    const { weak, tag, bare } = groups;
    if (tag === undefined && bare === undefined) continue;
    tags += 1;
    if (weak === undefined) strong.add(tag ?? bare!);
  }
  if (tags === 0 || tags > maxTags) throw malformed();
  return { header, matches: (revision) => revision !== undefined && strong.has(String(revision)) };
}

function malformed(): RequestError {
  return new RequestError(
    400,
    "invalid-if-match",
    'If-Match takes ETags as reads answer them, like "3" or "3", "4", or *',
  );
}
