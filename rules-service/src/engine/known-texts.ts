/** Places for texts; a power of two. What falls on the same place takes it. */
const places = 4096;
/** Longer ones are hardly ever the same. */
const longest = 48;

/** Reads texts from bytes, and gives one that was read not long ago again instead of another of the same letters. */
export class KnownTexts {
  readonly #texts: string[] = Array.from({ length: places }, () => "");

  read(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    if (length > longest) return bytes.toString("utf8", from, to);
    let hash = length;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    const place = (hash ^ (hash >>> 15)) & (places - 1);
    const known = this.#texts[place]!;
    if (isText(known, bytes, from, length)) return known;
    return (this.#texts[place] = bytes.toString("utf8", from, to));
  }
}

/** Of ASCII alone; other texts are read anew. */
function isText(text: string, bytes: Buffer, from: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index++) {
    const byte = bytes[from + index]!;
    if (byte >= 128 || text.charCodeAt(index) !== byte) return false;
  }
  return true;
}
