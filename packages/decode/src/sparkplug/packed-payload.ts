import { DecodeError } from "@headwater/core";
import { constants, unzipSync } from "node:zlib";

const packedUuid = Buffer.from("SPBV1.0_COMPRESSED");

/** Bytes that a body may unpack to: more than a message of as many metrics as are read at most, and soon unpacked. */
const maxUnpacked = 1024 * 1024;

/** Whether a payload of this `uuid` has another one in its `body`, compressed. */
export function isPacked(uuid: Uint8Array): boolean {
  return packedUuid.equals(uuid);
}

/**
 * The payload in a compressed one, as Tahu's encoders make it: GZIP, or DEFLATE with zlib's header. The bytes tell
 * which it is. Throws DecodeError for a body that is neither, or unpacks to more than a message may have.
 */
export function unpacked(body: Uint8Array): Uint8Array {
  try {
    return unzipSync(body, { maxOutputLength: maxUnpacked, finishFlush: constants.Z_FINISH });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw new DecodeError(`The compressed Sparkplug payload unpacks to more than ${maxUnpacked} bytes`);
    throw new DecodeError("The Sparkplug payload says that it is compressed, and its body is neither GZIP nor DEFLATE");
  }
}
