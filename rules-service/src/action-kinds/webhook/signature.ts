import { createHmac } from "node:crypto";

const prefix = "whsec_";

/** The key of a secret of Standard Webhooks (`whsec_` and 24 to 64 bytes in base64); undefined if it is none. */
export function keyOf(secret: string): Buffer | undefined {
  if (!secret.startsWith(prefix)) return undefined;
  const text = secret.slice(prefix.length);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const key = Buffer.from(text, "base64");
  return key.length >= 24 && key.length <= 64 ? key : undefined;
}

/** One signature for each key, so that a receiver may have either while a secret is replaced. */
export function signatureOf(keys: readonly Buffer[], id: string, seconds: number, body: Uint8Array): string {
  return keys
    .map((key) => `v1,${createHmac("sha256", key).update(`${id}.${seconds}.`).update(body).digest("base64")}`)
    .join(" ");
}
