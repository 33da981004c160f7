/**
 * CRC-32 as arithmetic on polynomials over GF(2), lowest power in the highest bit, as in zlib: the checksum of a range
 * follows from the checksums of what comes before its two ends, without a look at its bytes.
 */
const polynomial = 0xedb88320;
const one = 0x80000000;
const lowBits = 11;
const lowCount = 1 << lowBits;

function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bits = a; bits !== 0; bits = (bits << 1) >>> 0) {
    if ((bits & one) !== 0) product ^= factor;
    factor = (factor & 1) === 0 ? factor >>> 1 : (factor >>> 1) ^ polynomial;
  }
  return product >>> 0;
}

/** Powers of `base`, from the zeroth on. */
function powersOf(base: number, count: number): Uint32Array {
  const powers = new Uint32Array(count);
  powers[0] = one;
  for (let i = 1; i < count; i += 1) powers[i] = multiply(powers[i - 1]!, base);
  return powers;
}

/** x^8: a checksum moved on by one byte. */
const oneByte = one >>> 8;
const low = powersOf(oneByte, lowCount);
const lowStep = multiply(low[lowCount - 1]!, oneByte);
let high = powersOf(lowStep, 2);

/**
 * The share of a checksum in that of the same bytes with `length` more behind them: `crc(a + b)` is
 * `shift(crc(a), b.length) ^ crc(b)`.
 */
export function shiftChecksum(checksum: number, length: number): number {
  const steps = Math.floor(length / lowCount);
  if (steps >= high.length) high = powersOf(lowStep, Math.max(steps + 1, high.length * 2));
  return multiply(multiply(checksum, low[length & (lowCount - 1)]!), high[steps]!);
}
