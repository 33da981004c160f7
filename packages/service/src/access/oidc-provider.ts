import { hkdfSync } from "node:crypto";
import { createRemoteJWKSet, EncryptJWT, errors, jwtDecrypt, type JWTVerifyGetKey, jwtVerify } from "jose";
import { expandScopes } from "@headwater/aggregates";
import * as oidc from "openid-client";
import { ConfigError, RequestError, type Logger } from "@headwater/core";
import type { ProcessSettings } from "../config/index.ts";
import type { Principal } from "../http/index.ts";

type Settings = ProcessSettings["oidc"];

/** Somebody may take so long at the provider. */
const attemptMinutes = 10;
/** Only what is signed with a key that the provider alone has. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
/** By so much clocks may differ. */
const toleranceSeconds = 30;
const callbackPath = "/api/v1/session/oidc/callback";

/** Who signed in at a provider, and what they may do here: nothing, if no claim of theirs has a role. */
export interface OidcPerson {
  readonly name: string;
  readonly roles: readonly string[];
}

/**
 * Sign-in at a provider of OpenID Connect: the authorization code flow with PKCE. What an attempt has to know when it
 * comes back is sealed in a cookie, so that any instance may end what another began.
 */
export class OidcProvider {
  readonly issuer: string;
  readonly isSecure: boolean;
  readonly #settings: Settings;
  readonly #publicUrl: string;
  readonly #key: Uint8Array;
  readonly #logger: Logger;
  #found: Promise<oidc.Configuration> | undefined;
  #keys: JWTVerifyGetKey | undefined;

  private constructor(settings: Settings, publicUrl: string, adminToken: string, logger: Logger) {
    this.issuer = settings.issuer!;
    this.isSecure = publicUrl.startsWith("https:");
    this.#settings = settings;
    this.#publicUrl = publicUrl;
    this.#key = new Uint8Array(hkdfSync("sha256", adminToken, "", "headwater oidc attempt", 32));
    this.#logger = logger;
  }

  /** undefined: there is none. Throws ConfigError for settings that contradict one another. */
  static of(
    { oidc: settings, http }: Pick<ProcessSettings, "oidc" | "http">,
    adminToken: string,
    logger: Logger,
  ): OidcProvider | undefined {
    const { issuer, clientId, admins, operators, viewers } = settings;
    if (issuer === undefined) return undefined;
    const missing = (name: string, why: string) => new ConfigError(`HEADWATER_OIDC_ISSUER needs ${name}: ${why}`);
    if (clientId === undefined) throw missing("HEADWATER_OIDC_CLIENT_ID", "as which client Headwater is known there");
    const { publicUrl } = http;
    if (publicUrl === undefined)
      throw missing("HEADWATER_HTTP_PUBLIC_URL", "where the provider sends browsers back to");
    if (admins.length + operators.length + viewers.length === 0) {
      const names = "HEADWATER_OIDC_VIEWERS, HEADWATER_OIDC_OPERATORS or HEADWATER_OIDC_ADMINS";
      throw missing(names, "nobody who signs in there might do anything here");
    }
    if (!issuer.startsWith("https:") && !isLoopback(issuer)) {
      throw new ConfigError("HEADWATER_OIDC_ISSUER has to be https: whoever is in between could sign in as anybody");
    }
    return new OidcProvider(settings, publicUrl.replace(/\/$/, ""), adminToken, logger);
  }

  /** Where the browser goes, and what it brings back sealed. Throws RequestError (503) if the provider is away. */
  async begin(): Promise<{ readonly url: string; readonly attempt: string; readonly seconds: number }> {
    const provider = await this.#provider();
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const url = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: this.#publicUrl + callbackPath,
      scope: this.#settings.scopes.join(" "),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    const attempt = await new EncryptJWT({ verifier, state, nonce })
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .setExpirationTime(`${attemptMinutes}m`)
      .encrypt(this.#key);
    return { url: url.href, attempt, seconds: attemptMinutes * 60 };
  }

  /** Who came back. Throws RequestError (401) if the provider refused, or the attempt is none of this browser's. */
  async end(path: string, attempt: string): Promise<OidcPerson> {
    const provider = await this.#provider();
    try {
      const { payload } = await jwtDecrypt<{ verifier: string; state: string; nonce: string }>(attempt, this.#key);
      const tokens = await oidc.authorizationCodeGrant(provider, new URL(path, this.#publicUrl), {
        pkceCodeVerifier: payload.verifier,
        expectedState: payload.state,
        expectedNonce: payload.nonce,
        idTokenExpected: true,
      });
      const idToken = tokens.claims()!;
      const asked = provider.serverMetadata().userinfo_endpoint === undefined;
      const more = asked ? {} : await oidc.fetchUserInfo(provider, tokens.access_token, idToken.sub);
      return this.#person({ ...idToken, ...more });
    } catch (error) {
      this.#logger.warn({ err: error }, "a sign-in at the OIDC provider failed");
      throw new RequestError(
        401,
        "sign-in-refused",
        "The sign-in at the provider failed, or took too long; try again",
        {
          cause: error,
        },
      );
    }
  }

  /**
   * Whose a token of the provider is, with the roles that its claims give; undefined for one that is not the
   * provider's, not meant for Headwater, has ended, or gives no role. Rejects with RequestError (503) while the
   * provider's keys cannot be had.
   */
  async ownerOf(token: string): Promise<Principal | undefined> {
    const provider = await this.#provider();
    const keysAt = provider.serverMetadata().jwks_uri;
    if (keysAt === undefined) return undefined;
    this.#keys ??= createRemoteJWKSet(new URL(keysAt));
    const { audience, clientId } = this.#settings;
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        ...{ algorithms, issuer: provider.serverMetadata().issuer, clockTolerance: toleranceSeconds },
        audience: audience.length > 0 ? [...audience] : clientId!,
        requiredClaims: ["exp", "sub"],
      });
      const { name, roles } = this.#person(payload);
      return roles.length === 0
        ? undefined
        : { id: `oidc:${name}`, scopes: expandScopes(roles), expiresAt: Math.floor(payload.exp! * 1e6) };
    } catch (error) {
      // Keys that cannot be had are the provider's fault, all else is the token's.
      const isProviders = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
      if (error instanceof errors.JOSEError && !isProviders && error.code !== "ERR_JOSE_GENERIC") {
        this.#logger.debug({ err: error }, "a token is none of the OIDC provider's");
        return undefined;
      }
      throw this.#unavailable(error);
    }
  }

  #person(claims: Readonly<Record<string, unknown>>): OidcPerson {
    const { nameClaim, rolesClaim, admins, operators, viewers } = this.#settings;
    const given = claims[nameClaim];
    const name = typeof given === "string" && given !== "" ? given : String(claims["sub"]);
    const held = claims[rolesClaim];
    const groups = new Set((Array.isArray(held) ? held : [held]).filter((each) => typeof each === "string"));
    const fits = (wanted: readonly string[]) => wanted.some((each) => each === "*" || groups.has(each));
    const roles = [fits(admins) && "admin", fits(operators) && "operator", fits(viewers) && "viewer"];
    return { name: name.slice(0, 200), roles: roles.filter((role) => role !== false) };
  }

  /** Asked for when it is first needed, so that a provider that is away keeps nothing from starting. */
  async #provider(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    this.#found ??= oidc.discovery(
      new URL(issuer!),
      clientId!,
      undefined,
      clientSecret === undefined ? oidc.None() : oidc.ClientSecretPost(clientSecret),
      isLoopback(issuer!) ? { execute: [oidc.allowInsecureRequests] } : {},
    );
    try {
      return await this.#found;
    } catch (error) {
      this.#found = undefined;
      throw this.#unavailable(error);
    }
  }

  #unavailable(cause: unknown): RequestError {
    this.#logger.warn({ err: cause, issuer: this.issuer }, "the OIDC provider cannot be asked");
    const detail = "The provider of sign-ins does not answer; try again shortly";
    return new RequestError(503, "provider-unavailable", detail, { cause });
  }
}

function isLoopback(url: string): boolean {
  return /^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/]|$)/.test(url);
}
