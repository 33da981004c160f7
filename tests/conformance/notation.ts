/**
 * The notation of the vectors: words separated by spaces, each some bytes. `i12` one byte; `H`, `k`, `m`, `s` a 16-bit
 * number; `L` a 32-bit number; `v`, `r` a variable-length integer, which may exceed its legal range on purpose;
 * `'text'` UTF-8; anything else hexadecimal.
 */
export function bytesOf(payload: string): Buffer {
  const words = payload.match(/'[^']*'|\S+/g) ?? [];
  return Buffer.concat(words.map(wordBytes));
}

function wordBytes(word: string): Buffer {
  if (word.startsWith("'")) return Buffer.from(word.slice(1, -1));
  const number = /^([iHkmsLvr])(\d+)$/.exec(word);
  if (number === null) return Buffer.from(word, "hex");
  const value = Number(number[2]);
  switch (number[1]) {
    case "i":
      return Buffer.of(value);
    case "L": {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    }
    case "v":
    case "r":
      return varint(value);
    default: {
      const bytes = Buffer.alloc(2);
      bytes.writeUInt16BE(value);
      return bytes;
    }
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest >= 128;
    bytes.push((rest % 128) | (more ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}
