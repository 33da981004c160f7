import { randomBytes } from "node:crypto";

/** A random integer from 1 to 2^52: safe in JSON and protobuf, and never 0, which is protobuf's "absent". */
export function randomEpoch(): number {
  const bytes = randomBytes(7);
  const high = bytes.readUIntBE(0, 3) & 0x0f_ffff;
  return high * 2 ** 32 + bytes.readUInt32BE(3) + 1;
}
