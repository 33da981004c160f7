/**
 * Counts occurrences of a length-delimited field (or of every field) at the top level of a message without decoding
 * it, so that a hostile record is refused before it costs memory. Malformed bytes end the count; the decoder names the
 * fault. Wire format: https://protobuf.dev/programming-guides/encoding/
 */
export function countTopLevelField(bytes: Uint8Array, field: number | "any"): number {
  let position = 0;
  let count = 0;

  function varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10 && position < bytes.length; i++) {
      const byte = bytes[position++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    position = bytes.length;
    return value;
  }

  while (position < bytes.length) {
    const tag = varint();
    if (field === "any" || Math.floor(tag / 8) === field) count++;
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 1:
        position += 8;
        break;
      case 2: {
        const length = varint();
        position += length;
        break;
      }
      case 5:
        position += 4;
        break;
      default:
        return count;
    }
  }
  return count;
}
