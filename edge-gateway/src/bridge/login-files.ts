import { readFile } from "node:fs/promises";
import { ConfigError } from "@headwater/core";
import type { BridgeSpec } from "./bridge-spec.ts";

/** The credentials that the broker is shown. Never logged. */
export interface Login {
  readonly password: string | undefined;
  readonly ca: Buffer | undefined;
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

/** Reads the files for every connection, so that rotated credentials count. Throws ConfigError that names the file. */
export async function readLogin({ passwordFile, tls }: BridgeSpec): Promise<Login> {
  const [password, ca, cert, key] = await Promise.all([
    read("passwordFile", passwordFile),
    read("caFile", tls.caFile),
    read("certFile", tls.certFile),
    read("keyFile", tls.keyFile),
  ]);
  return { password: password?.toString().replace(/\r?\n$/, ""), ca, cert, key };
}

async function read(setting: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (error) {
    throw new ConfigError(`${setting} names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
