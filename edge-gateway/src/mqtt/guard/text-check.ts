/**
 * Whether the bytes are text that MQTT allows (3.1.1, section 1.5.3): well-formed UTF-8 in its shortest form, no
 * surrogates, no NUL; and neither control characters nor non-characters, at which a receiver may close the connection.
 * A byte order mark is a character like others.
 */
export function isText(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      if (byte < 0x20 || byte === 0x7f) return false;
      at += 1;
      continue;
    }
    const length = sequenceLength(byte);
    if (length === 0 || at + length > to) return false;
    let code = byte & (0x7f >> length);
    for (let i = 1; i < length; i += 1) {
      const next = bytes[at + i]!;
      if ((next & 0xc0) !== 0x80) return false;
      code = (code << 6) | (next & 0x3f);
    }
    if (code < smallest[length]! || !isAllowed(code)) return false;
    at += length;
  }
  return true;
}

/** Where the field that begins here with its length ends; -1: beyond the packet. */
export function fieldEnd(bytes: Uint8Array, at: number, to: number): number {
  if (at + 2 > to) return -1;
  const end = at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
  return end > to ? -1 : end;
}

/** The smallest code point that needs so many bytes. */
const smallest = [0, 0, 0x80, 0x800, 0x1_0000];

function sequenceLength(byte: number): number {
  if (byte >= 0xc2 && byte < 0xe0) return 2;
  if (byte >= 0xe0 && byte < 0xf0) return 3;
  return byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
}

function isAllowed(code: number): boolean {
  if (code < 0xa0 || code > 0x10_ffff) return false;
  if (code >= 0xd800 && code <= 0xdfff) return false;
  return !(code >= 0xfdd0 && code <= 0xfdef) && (code & 0xfffe) !== 0xfffe;
}
