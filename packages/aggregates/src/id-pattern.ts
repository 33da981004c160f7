/** Whether a device's id has the pattern: `*` stands for any characters, none too; an empty pattern for every id. */
export function idMatches(pattern: string, id: string): boolean {
  if (pattern === "") return true;
  const pieces = pattern.split("*");
  const first = pieces[0]!;
  if (pieces.length === 1) return id === pattern;
  const last = pieces.at(-1)!;
  if (!id.startsWith(first) || id.length < first.length + last.length || !id.endsWith(last)) return false;
  // Each piece at its first place: leftmost is always right, and takes no backtracking.
  let at = first.length;
  const end = id.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = id.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
