import { partitionFor } from "@headwater/event-log";
import { DecodeError } from "@headwater/core";
import { events } from "@headwater/proto";
import { bodyFixedBytes, frameHeaderBytes, frameKinds, frameMagic, maxFrameBody } from "../frame/frame.ts";

/** What a damaged frame still says of itself. */
export interface DamagedFrame {
  readonly kind: number;
  readonly partition: number;
  /** The place in the lane; 0: the frame has none. */
  readonly n: number;
  /** Where the next frame begins. */
  readonly end: number;
}

/**
 * Reads who a damaged frame is, as far as that is beyond doubt: a wrong answer would give an identity out twice.
 *
 * - "unfinished": the bytes end before the frame, which was being written and acknowledged to nobody;
 * - undefined: it cannot be told.
 *
 * @param seed Of the checksums of frames.
 * @param limit Where the next sound frame begins, or the end of the bytes.
 */
export function readDamagedFrame(
  bytes: Buffer,
  at: number,
  limit: number,
  partitions: number,
  seed: number,
): DamagedFrame | "unfinished" | undefined {
  const body = at + frameHeaderBytes;
  if (body + bodyFixedBytes > limit) {
    return limit === bytes.length && isBeginning(bytes.subarray(at)) ? "unfinished" : undefined;
  }
  if (bytes.readUInt16LE(at) !== frameMagic) return undefined;
  const said = body + bytes.readUInt32LE(at + 2);
  const isWhole = said <= limit && said >= body + bodyFixedBytes;
  if (isWhole && (said === limit || isBeginning(bytes.subarray(said, said + 2)))) {
    return identityOf(bytes, body, said, partitions);
  }
  // The length itself may be what is damaged. Then the checksum tells it, and vouches for the rest.
  const end = endByChecksum(bytes, at, limit, seed);
  if (end !== undefined) {
    return { kind: bytes[body]!, partition: bytes.readUInt16LE(body + 2), n: bytes.readUIntLE(body + 4, 6), end };
  }
  return said > bytes.length && limit === bytes.length && said - body <= maxFrameBody ? "unfinished" : undefined;
}

/** The identity in a body whose checksum is wrong, if a second place in it says the same. */
function identityOf(bytes: Buffer, body: number, end: number, partitions: number): DamagedFrame | undefined {
  const kind = bytes[body]!;
  const partition = bytes.readUInt16LE(body + 2);
  const n = bytes.readUIntLE(body + 4, 6);
  const key = bytes.subarray(body + bodyFixedBytes, body + bodyFixedBytes + bytes.readUInt16LE(body + 10));
  if (n === 0) {
    // Frames of these kinds have no identity; of any other kind this n is the damage.
    const without: readonly number[] = [frameKinds.quarantine, frameKinds.presence, frameKinds.command];
    return without.includes(kind) && key.length > 0 ? { kind, partition, n, end } : undefined;
  }
  // The key says the partition of an event once more, its value the n. Marks and gaps have no key.
  if (kind !== frameKinds.event || key.length === 0 || partitionFor(key, partitions) !== partition) return undefined;
  const value = bytes.subarray(body + bodyFixedBytes + key.length, end);
  try {
    return events.telemetry.decode(value).n === n ? { kind, partition, n, end } : undefined;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // The damage lies in the value, and so not in what was read.
    return { kind, partition, n, end };
  }
}

/** The one place where a frame that begins here can end, if its checksum is right: a few nanoseconds a byte. */
function endByChecksum(bytes: Buffer, at: number, limit: number, seed: number): number | undefined {
  const body = at + frameHeaderBytes;
  const expected = ~bytes.readUInt32LE(at + 6);
  const last = Math.min(limit, body + maxFrameBody);
  let remainder = ~seed;
  for (let end = body; end < last;) {
    remainder = (remainder >>> 8) ^ bytewise[(remainder ^ bytes[end]!) & 0xff]!;
    end += 1;
    if (remainder === expected && end >= body + bodyFixedBytes) return end;
  }
  return undefined;
}

/** CRC-32 of single bytes. */
const bytewise = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ ((remainder & 1) * 0xedb88320);
  return remainder;
});

/** Whether these few bytes are how a frame begins. */
function isBeginning(bytes: Buffer): boolean {
  return (
    (bytes.length < 1 || bytes[0] === (frameMagic & 0xff)) &&
    (bytes.length < 2 || bytes[1] === frameMagic >>> 8) &&
    (bytes.length < 6 || bytes.readUInt32LE(2) <= maxFrameBody)
  );
}
