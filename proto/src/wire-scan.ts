/**
 * Counts occurrences of a length-delimited field (or of every field) at the top level of a message without decoding
 * it, so that a hostile record is refused before it costs memory. Malformed bytes end the count; the decoder names the
 * fault. Wire format: https://protobuf.dev/programming-guides/encoding/
 */
export function countTopLevelField(bytes: Uint8Array, field: number | "any"): number {
  let count = 0;
  scanTopLevel(bytes, (number) => {
    if (field === "any" || number === field) count++;
  });
  return count;
}

/** The number of a varint field at the top level, without decoding the others; undefined if it is not there. */
export function topLevelVarint(bytes: Uint8Array, field: number): number | undefined {
  let found: number | undefined;
  // Of a field that is there more than once the last one counts.
  scanTopLevel(bytes, (number, value) => {
    if (number === field && value !== undefined) found = value;
  });
  return found;
}

/** Told of each field, in their order, with its value if that is a varint. */
function scanTopLevel(bytes: Uint8Array, onField: (number: number, value: number | undefined) => void): void {
  let position = 0;

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
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    onField(number, type === 0 ? varint() : undefined);
    switch (type) {
      case 0:
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
        return;
    }
  }
}
