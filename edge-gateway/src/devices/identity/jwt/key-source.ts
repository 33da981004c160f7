import { ConfigError, DecodeError, TimedOutError } from "@headwater/core";
import { readFile } from "node:fs/promises";

/** A key set as published (RFC 7517, section 5). */
export interface JsonWebKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

const maxBytes = 256 * 1024;
const timeoutMs = 5000;

/** Where an issuer publishes its keys. */
export interface KeySource {
  readonly name: string;
  /** Throws DecodeError if the answer is no key set, TimedOutError if none comes. */
  read(): Promise<JsonWebKeySet>;
}

/** Throws ConfigError for an address that anybody on the way could answer for. */
export function keySource(where: string): KeySource {
  if (!/^https?:/i.test(where)) return { name: where, read: async () => parseKeySet(await readFile(where, "utf8")) };
  const url = URL.parse(where);
  if (url === null) throw new ConfigError(`${where} is no address`);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol === "http:" && !isLocal)
    throw new ConfigError(`${where} has to be https: whoever is on the way could sign`);
  return {
    name: url.href,
    async read() {
      const response = await fetch(url, {
        headers: { accept: "application/jwk-set+json, application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new TimedOutError(`${url.origin} answered ${response.status} for its keys`);
      return parseKeySet(await limitedText(response));
    },
  };
}

export function parseKeySet(text: string): JsonWebKeySet {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DecodeError("A key set has to be JSON", { cause: error });
  }
  const keys = typeof value === "object" && value !== null && "keys" in value ? value.keys : undefined;
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "object" && key !== null && "kty" in key)) {
    throw new DecodeError("A key set has to be an object with `keys`, each with `kty`");
  }
  // A secret key would make everybody who can read the set a signer.
  return { keys: (keys as Record<string, unknown>[]).filter((key) => key["kty"] !== "oct" && key["d"] === undefined) };
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new DecodeError(`A key set has at most ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
