import { checkDeviceId, idMatches } from "@headwater/aggregates";
import { ConfigError, RequestError, Semaphore, type Logger } from "@headwater/core";
import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import type { JwtIssuer } from "../../../config/identity-settings.ts";
import { CachedKeys } from "./cached-keys.ts";
import { keySource, type JsonWebKeySet } from "./key-source.ts";

export type JwtVerdict =
  | { readonly device: string; readonly expiresAt: number; readonly createDevice: boolean }
  | { readonly why: string; readonly unavailable?: true };

interface Issuer {
  readonly config: JwtIssuer;
  readonly keys: CachedKeys;
  find: JWTVerifyGetKey | undefined;
  of: JsonWebKeySet | undefined;
}

const defaultAlgorithms = ["RS256", "PS256", "ES256", "EdDSA"];
/** Three parts in base64url, the first of which begins with `{"`. */
const form = /^eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Login by a JWT (RFC 7519) of a configured issuer: it names the device, and its `exp` ends the connection. */
export class JwtLogin {
  readonly #issuers: ReadonlyMap<string, Issuer>;
  /**
   * Signatures are checked in the pool of four threads that syncs the spool, too: some are left to it whatever comes
   * in.
   */
  readonly #checks = new Semaphore(2, 2000);

  /** Throws ConfigError for an issuer that cannot be. */
  constructor(configs: readonly JwtIssuer[], folder: string, logger: Logger) {
    const issuers = new Map<string, Issuer>();
    for (const [index, config] of configs.entries()) {
      if (issuers.has(config.issuer)) throw new ConfigError(`jwtIssuers[${index}]: ${config.issuer} is there twice`);
      const keys = new CachedKeys({ source: sourceOf(config.keys, index), folder, logger });
      issuers.set(config.issuer, { config, keys, find: undefined, of: undefined });
    }
    this.#issuers = issuers;
  }

  async start(): Promise<void> {
    await Promise.all([...this.#issuers.values()].map(({ keys }) => keys.start()));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#issuers.values()].map(({ keys }) => keys.stop()));
  }

  /** Whether a password is to be read as a JWT; a generated token never has this form. */
  reads(password: Uint8Array): boolean {
    return this.#issuers.size > 0 && form.test(Buffer.from(password).toString("latin1"));
  }

  async verify(password: Uint8Array): Promise<JwtVerdict> {
    const token = Buffer.from(password).toString("latin1");
    const issuer = this.#issuers.get(issuerOf(token) ?? "");
    if (issuer === undefined) return { why: "jwt-unknown-issuer" };
    let verdict = await this.#checks.run(() => tried(token, issuer));
    if (verdict !== undefined && "retry" in verdict) {
      await issuer.keys.refresh();
      verdict = await this.#checks.run(() => tried(token, issuer));
    }
    if (verdict === undefined) return { why: "too-many-jwts", unavailable: true };
    if ("retry" in verdict) {
      // Without any key the token may well be right.
      return issuer.keys.current === undefined
        ? { why: "jwt-keys-missing", unavailable: true }
        : { why: "jwt-unknown-key" };
    }
    return "payload" in verdict ? deviceOf(verdict.payload, issuer.config) : verdict;
  }
}

function sourceOf(where: string, index: number): ReturnType<typeof keySource> {
  try {
    return keySource(where);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`jwtIssuers[${index}].keys: ${error.message}`);
    throw error;
  }
}

/** Says which keys to take, and nothing more: nothing of it is believed before the signature is. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

async function tried(
  token: string,
  issuer: Issuer,
): Promise<{ readonly payload: JWTPayload } | { readonly why: string } | { readonly retry: true }> {
  const { config, keys } = issuer;
  const set = keys.current;
  if (set === undefined) return { retry: true };
  if (issuer.of !== set || issuer.find === undefined) {
    issuer.of = set;
    issuer.find = createLocalJWKSet({ keys: set.keys.map((key) => ({ ...key, kty: String(key["kty"]) })) });
  }
  const options = {
    issuer: config.issuer,
    audience: config.audience,
    algorithms: config.algorithms ?? defaultAlgorithms,
    clockTolerance: config.toleranceSeconds ?? 30,
    requiredClaims: ["exp"],
  };
  try {
    const { payload } = await jwtVerify(token, issuer.find, options);
    return { payload };
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return { retry: true };
    if (error instanceof errors.JWTExpired) return { why: "jwt-expired" };
    if (error instanceof errors.JWTClaimValidationFailed) return { why: "jwt-claim" };
    if (error instanceof errors.JOSEError) return { why: "jwt-invalid" };
    throw error;
  }
}

function deviceOf(
  payload: JWTPayload,
  { claim = "sub", devices = "", toleranceSeconds = 30, createDevices = false }: JwtIssuer,
): JwtVerdict {
  const device = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
  if (typeof device !== "string" || !isDeviceId(device)) return { why: "jwt-names-no-device" };
  if (!idMatches(devices, device)) return { why: "jwt-device-not-allowed" };
  // `exp` is there: it was required, and is a number. The tolerance counts here as it did above.
  return { device, expiresAt: Math.round((payload.exp! + toleranceSeconds) * 1_000_000), createDevice: createDevices };
}

function isDeviceId(text: string): boolean {
  try {
    checkDeviceId(text);
    return true;
  } catch (error) {
    if (error instanceof RequestError) return false;
    throw error;
  }
}
