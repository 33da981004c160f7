/**
 * Which partition a key belongs to: murmur2 with the seed and the sign handling of the Java client's
 * `Utils.murmur2` and `toPositive`, so any other Kafka client agrees.
 */

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** A string this long cannot need more bytes than the scratch holds (three bytes a UTF-16 unit). */
const SCRATCH_BYTES = 3 * 1024;
const scratch = new Uint8Array(SCRATCH_BYTES);
const encoder = new TextEncoder();

/** The partition of a key, 0 ≤ result < `partitions`. A string counts as its UTF-8 bytes. */
export function partitionFor(key: string | Uint8Array, partitions: number): number {
  const hash = typeof key === "string" ? murmur2OfString(key) : murmur2(key, key.length);
  return (hash & 0x7fffffff) % partitions;
}

/** The 32-bit hash of the first `length` bytes, signed as in Java. */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  let h = SEED ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    h = mix(h, bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
  }
  const rest = length & 3;
  if (rest === 3) h ^= bytes[whole + 2]! << 16;
  if (rest >= 2) h ^= bytes[whole + 1]! << 8;
  if (rest >= 1) h = Math.imul(h ^ bytes[whole]!, M);
  return finish(h);
}

/** Device ids are ASCII: hashed straight from the string, without an encoder call or an allocation. */
function murmur2OfString(key: string): number {
  const length = key.length;
  let h = SEED ^ length;
  let seen = 0;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const a = key.charCodeAt(i);
    const b = key.charCodeAt(i + 1);
    const c = key.charCodeAt(i + 2);
    const d = key.charCodeAt(i + 3);
    seen |= a | b | c | d;
    h = mix(h, a | (b << 8) | (c << 16) | (d << 24));
  }
  const rest = length & 3;
  if (rest === 3) {
    const c = key.charCodeAt(whole + 2);
    seen |= c;
    h ^= c << 16;
  }
  if (rest >= 2) {
    const b = key.charCodeAt(whole + 1);
    seen |= b;
    h ^= b << 8;
  }
  if (rest >= 1) {
    const a = key.charCodeAt(whole);
    seen |= a;
    h = Math.imul(h ^ a, M);
  }
  return seen < 0x80 ? finish(h) : murmur2OfUtf8(key);
}

function murmur2OfUtf8(key: string): number {
  if (key.length * 3 > SCRATCH_BYTES) return murmur2(encoder.encode(key));
  return murmur2(scratch, encoder.encodeInto(key, scratch).written);
}

function mix(h: number, word: number): number {
  let k = Math.imul(word, M);
  k = Math.imul(k ^ (k >>> 24), M);
  return Math.imul(h, M) ^ k;
}

function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}
