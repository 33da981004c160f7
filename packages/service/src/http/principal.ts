import { sameDigest, sha256 } from "@headwater/core";

/** Who is asking, and what they may do. */
export interface Principal {
  readonly id: string;
  /** What a route's `scopes` are checked against; `*` stands for all. */
  readonly scopes: readonly string[];
}

export interface Authenticator {
  /** Whose token this is; undefined if it is nobody's. Compares digests, and takes no longer for a near miss. */
  authenticate(token: string): Promise<Principal | undefined>;
}

/** The administrator's token: every scope. */
export function adminTokenAuth(token: string): Authenticator {
  const digest = sha256(token);
  const admin: Principal = { id: "admin", scopes: ["*"] };
  return {
    authenticate: (given) => Promise.resolve(sameDigest(sha256(given), digest) ? admin : undefined),
  };
}

export function mayUse(principal: Principal, scopes: readonly string[]): boolean {
  return principal.scopes.includes("*") || scopes.every((scope) => principal.scopes.includes(scope));
}
