import { nowMicros, sameDigest, sha256 } from "@headwater/core";
import type { RegisteredDevice, StoredCredential } from "../registry/registry-tables.ts";

export function isUsable({ expiresAt }: StoredCredential, now = nowMicros()): boolean {
  return expiresAt === 0 || expiresAt > now;
}

/** The credentials of a kind that have not expired. */
export function usable(device: RegisteredDevice | undefined, kind: string): readonly StoredCredential[] {
  const now = nowMicros();
  return (device?.credentials ?? []).filter((credential) => credential.kind === kind && isUsable(credential, now));
}

/**
 * The credential whose generated token this is. Compares with every one, in a time that does not depend on where they
 * differ.
 */
export function tokenCredential(device: RegisteredDevice | undefined, token: Uint8Array): StoredCredential | undefined {
  const digest = sha256(token);
  let found: StoredCredential | undefined;
  for (const credential of usable(device, "token")) {
    if (sameDigest(digest, Buffer.from(credential.hash, "base64"))) found = credential;
  }
  return found;
}

/** The earlier end of two; 0: none. */
export function earlier(a: number, b: number): number {
  if (a === 0 || b === 0) return Math.max(a, b);
  return Math.min(a, b);
}
