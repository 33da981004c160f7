import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A new secret of 256 bits, base64url without padding: 43 characters. */
export function randomToken(): string {
  return randomBytes(32).toString("base64url");
}

/** How a token is kept and compared: the token itself is stored nowhere. */
export function sha256(token: string | Uint8Array): Buffer {
  return createHash("sha256").update(token).digest();
}

/** Compares two digests in a time that does not depend on where they differ. */
export function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
