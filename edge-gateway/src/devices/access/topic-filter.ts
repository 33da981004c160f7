/** Whether a topic filter matches a topic (MQTT 3.1.1, section 4.7). */
export function filterMatches(filter: string, topic: string): boolean {
  return levelsMatch(filter.split("/"), topic.split("/"));
}

/** The same for a filter and a topic that are split already. */
export function levelsMatch(filter: readonly string[], topic: readonly string[]): boolean {
  // A wildcard in the first level never stands for a level that begins with `$` (4.7.2).
  if (topic[0]!.startsWith("$") && isWildcard(filter[0]!)) return false;
  for (let i = 0; i < filter.length; i += 1) {
    const level = filter[i]!;
    // `sport/#` matches `sport` too: the parent is included (4.7.1.2).
    if (level === "#") return true;
    if (i >= topic.length || (level !== "+" && level !== topic[i])) return false;
  }
  return filter.length === topic.length;
}

/**
 * Whether every topic that `inner` can match is matched by `outer`: what makes it safe to grant a subscription under a
 * rule. Both are split at `/`.
 */
export function filterCovers(outer: readonly string[], inner: readonly string[]): boolean {
  if (isWildcard(outer[0]!) && inner[0]!.startsWith("$")) return false;
  // `+/#` matches what `#` matches: every topic has a first level.
  if (outer.length === 2 && outer[0] === "+" && outer[1] === "#") return true;
  for (let i = 0; i < outer.length; i += 1) {
    const allowed = outer[i]!;
    if (allowed === "#") return true;
    const asked = inner[i];
    // A `#` that is asked for matches topics that end here and topics of any depth; no single level covers both.
    if (asked === undefined || asked === "#") return false;
    // `+` matches a level that no literal names.
    if (allowed !== "+" && allowed !== asked) return false;
  }
  return outer.length === inner.length;
}

/**
 * Whether it is a filter at all: `#` only as the last level, `+` and `#` alone in theirs, not empty, no NUL (4.7.1,
 * 4.7.3).
 */
export function isTopicFilter(filter: string): boolean {
  if (filter === "" || filter.includes("\u0000")) return false;
  const levels = filter.split("/");
  return levels.every(
    (level, index) => (!/[+#]/.test(level) || level.length === 1) && (level !== "#" || index === levels.length - 1),
  );
}

function isWildcard(level: string): boolean {
  return level === "+" || level === "#";
}
