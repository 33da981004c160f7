import type { Principal } from "./principal.ts";

/** A certificate that was verified against the certificate authorities of a listener. */
export interface ClientCertificate {
  /** Distinguished name, RFC 4514. */
  readonly subject: string;
  readonly commonName: string | undefined;
  /** SHA-256, 64 lower-case hexadecimal digits. */
  readonly fingerprint: string;
  /** µs since the epoch. */
  readonly notAfter: number;
}

/** What a client shows of itself. */
export interface LoginRequest {
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
  readonly certificate: ClientCertificate | undefined;
  /** Where it comes from. */
  readonly address: string;
}

/** "unavailable": it may come again, and then be let in. */
export type Refusal = "unavailable" | "badLogin" | "notAuthorized";

export type LoginVerdict =
  | { readonly principal: Principal }
  /** `why` is for metrics and logs, never for the client. */
  | { readonly refused: Refusal; readonly why: string };

export function refuse(refused: Refusal, why: string): LoginVerdict {
  return { refused, why };
}
