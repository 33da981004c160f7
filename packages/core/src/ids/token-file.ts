import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../errors.ts";

/** The token in a file such as `data/admin-token`. Throws ConfigError if it cannot be read. */
export function readTokenFile(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new ConfigError(
      `cannot read the access token from ${file}; name its file with --token-file or HEADWATER_TOKEN_FILE, or set HEADWATER_TOKEN`,
      { cause },
    );
  }
}

/**
 * The token that a command shows to Headwater: that of the file it was told, else HEADWATER_TOKEN, else that of the
 * file HEADWATER_TOKEN_FILE names, else the admin token as a service on this machine keeps it.
 * @throws ConfigError if the file cannot be read, or holds what no header can carry.
 */
export function accessToken(file: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const given = file === undefined ? env["HEADWATER_TOKEN"]?.trim() : undefined;
  const adminToken = (): string =>
    env["HEADWATER_ADMIN_TOKEN_FILE"] || join(env["HEADWATER_DATA_DIR"] || "data", "admin-token");
  const source = file ?? (env["HEADWATER_TOKEN_FILE"] || adminToken());
  const token = given || readTokenFile(source);
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ConfigError(
    `${given ? "HEADWATER_TOKEN" : source} does not hold a token: it is one word of ASCII characters`,
  );
}
