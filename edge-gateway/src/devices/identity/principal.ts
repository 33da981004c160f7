/** Who a connection is of, from its login on. Times are µs since the epoch; 0: never. */
export type Principal = { readonly kind: "anonymous" } | DevicePrincipal | ProvisioningPrincipal;

export interface DevicePrincipal {
  readonly kind: "device";
  readonly device: string;
  /** Which device of this id: another one that is registered later is not who logged in. */
  readonly incarnation: number;
  /**
   * The credential that let it in; undefined: something outside of the registry vouches for it (a JWT, a certificate
   * authority).
   */
  readonly credentialId: string | undefined;
  /** When the credential of the login ends. */
  readonly expiresAt: number;
}

/** A new device that may register itself, and nothing else. */
export interface ProvisioningPrincipal {
  readonly kind: "provisioning";
  readonly keyId: string;
  readonly expiresAt: number;
}

export const anonymous: Principal = { kind: "anonymous" };

export function hasExpired(principal: Principal, now: number): boolean {
  return principal.kind !== "anonymous" && principal.expiresAt !== 0 && principal.expiresAt <= now;
}

/**
 * What the sessions of a principal begin with, so that the same client id of another one is another session. No two
 * kinds can have the same: a device's id has no slash, is not empty and holds no control character.
 */
export function sessionPrefix(principal: Principal): string {
  switch (principal.kind) {
    case "device":
      return deviceSessionPrefix(principal.device, principal.incarnation);
    case "provisioning":
      return `\u0000${principal.keyId}/`;
    default:
      return "/";
  }
}

export function deviceSessionPrefix(device: string, incarnation: number): string {
  return incarnation === 0 ? `${device}/` : `${device}\u0000${incarnation}/`;
}
