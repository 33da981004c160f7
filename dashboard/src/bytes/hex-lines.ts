const perLine = 16;
/** More than anybody reads; the rest is counted. */
const mostLines = 256;

export interface HexLine {
  readonly offset: string;
  readonly hex: string;
  readonly text: string;
}

/** Bytes as a hex dump has them: sixteen in a line, with the printable characters of ASCII beside them. */
export function hexLines(hex: string): { lines: readonly HexLine[]; leftOut: number } {
  const bytes = hex.slice(0, 2 * mostLines * perLine).match(/../g) ?? [];
  const lines: HexLine[] = [];
  for (let from = 0; from < bytes.length; from += perLine) {
    const part = bytes.slice(from, from + perLine);
    const text = part.map((byte) => {
      const code = Number.parseInt(byte, 16);
      return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : "·";
    });
    lines.push({ offset: from.toString(16).padStart(4, "0"), hex: part.join(" "), text: text.join("") });
  }
  return { lines, leftOut: Math.max(0, hex.length / 2 - mostLines * perLine) };
}
