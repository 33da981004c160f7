import { RequestError, sameDigest, sha256 } from "@headwater/core";

/** The caller of a request, with its permissions. */
export interface Principal {
  readonly id: string;
  /** Permissions that a route's `scopes` are checked against; `*` stands for all. */
  readonly scopes: readonly string[];
  /** µs; absent: its rights have no end that is known. */
  readonly expiresAt?: number;
  /** Whether its rights are still there: asked while a long answer is under way. Absent: until its end. */
  readonly holds?: () => boolean;
}

export interface Authenticator {
  /**
   * The owner of the token; undefined for an unknown token. Compares digests in constant time. Rejects with
   * RequestError (503) while tokens cannot be decided about.
   */
  authenticate(token: string): Promise<Principal | undefined>;
  /** Who signed in for the session of that secret. Absent: there are no sessions. */
  ofSession?(secret: string): Promise<Principal | undefined>;
}

/** The administrator's token: every scope. */
export function adminTokenAuth(token: string): Authenticator {
  const digest = sha256(token);
  const admin: Principal = { id: "admin", scopes: ["*"] };
  return {
    authenticate: (given) => Promise.resolve(sameDigest(sha256(given), digest) ? admin : undefined),
  };
}

/** The token of whoever collects metrics; no other route asks for it. */
export function metricsTokenAuth(token: string): Authenticator {
  const digest = sha256(token);
  const collector: Principal = { id: "metrics", scopes: ["metrics:read"] };
  return {
    authenticate: (given) => Promise.resolve(sameDigest(sha256(given), digest) ? collector : undefined),
  };
}

export function mayUse(principal: Principal, scopes: readonly string[]): boolean {
  return principal.scopes.includes("*") || scopes.every((scope) => principal.scopes.includes(scope));
}

/** Throws RequestError (403) unless the principal has all of these. */
export function requireScopes(principal: Principal, scopes: readonly string[]): void {
  if (mayUse(principal, scopes)) return;
  const named = scopes.length === 1 ? `the scope ${scopes[0]}` : `the scopes ${scopes.join(", ")}`;
  throw new RequestError(403, "forbidden", `This needs a token with ${named}`);
}
