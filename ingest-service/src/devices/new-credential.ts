import { randomUUID, X509Certificate } from "node:crypto";
import { canonicalSubject, type DeviceCredential, fingerprintSubject, passwordLimits } from "@headwater/aggregates";
import { microsFromIso, nowMicros, parseDuration, randomToken, RequestError, sha256 } from "@headwater/core";
import { type Static, Type } from "@sinclair/typebox";
import { duration } from "@headwater/service";
import type { PasswordHasher } from "./password-hasher.ts";

const kinds = ["token", "password", "x509"] as const;

/** When it ends; of two ways to say so at most one. */
export const expiryFields = {
  expiresAt: Type.Optional(
    Type.String({ maxLength: 64, description: "ISO 8601; default: never", documented: { format: "date-time" } }),
  ),
  expiresIn: Type.Optional(
    Type.String({ maxLength: 32, description: "From now on, like 90d; instead of expiresAt", ...duration }),
  ),
};

export const newCredentialSchema = Type.Object(
  {
    kind: Type.Optional(
      Type.Union(
        kinds.map((kind) => Type.Literal(kind)),
        { description: "Default: token, one that is generated" },
      ),
    ),
    password: Type.Optional(
      Type.String({ maxLength: 1024, description: `Of kind password: ${passwordLimits.min} characters or more` }),
    ),
    subject: Type.Optional(
      Type.String({
        maxLength: 1024,
        description: "Of kind x509: the distinguished name (RFC 4514), or the SHA-256 fingerprint",
      }),
    ),
    certificate: Type.Optional(
      Type.String({
        maxLength: 32_768,
        description: "Of kind x509, instead of subject: the certificate as PEM, taken by its fingerprint; ends with it",
      }),
    ),
    ...expiryFields,
  },
  { title: "NewCredential", additionalProperties: false },
);
export type NewCredential = Static<typeof newCredentialSchema>;

export interface MadeCredential {
  readonly credential: DeviceCredential;
  /** Shown once, and kept nowhere. */
  readonly token?: string;
}

/** Throws RequestError: 400 for an invalid credential, 503 if too many passwords are being hashed. */
export async function makeCredential(
  asked: NewCredential,
  device: string,
  hasher: PasswordHasher,
): Promise<MadeCredential> {
  const { kind = "token", password, subject, certificate } = asked;
  for (const [field, of] of [
    ["password", "password"],
    ["subject", "x509"],
    ["certificate", "x509"],
  ] as const) {
    if (asked[field] !== undefined && kind !== of)
      throw invalid(`${field} is for credentials of kind ${of}, not ${kind}`);
  }
  const common = { id: randomUUID(), kind, createdAt: nowMicros(), expiresAt: expiryOf(asked) };
  if (kind === "password") {
    const hash = await hasher.hash(checkedPassword(password, device));
    return { credential: { ...common, hash: Buffer.from(hash, "latin1") } };
  }
  if (kind === "x509") {
    if ((subject === undefined) === (certificate === undefined)) {
      throw invalid("A credential of kind x509 needs subject or certificate, one of them");
    }
    const hash = new Uint8Array(0);
    if (certificate === undefined) return { credential: { ...common, hash, subject: canonicalSubject(subject!) } };
    const { fingerprint, notAfter } = readCertificate(certificate);
    const expiresAt = common.expiresAt === 0 ? notAfter : Math.min(common.expiresAt, notAfter);
    return { credential: { ...common, hash, subject: fingerprint, expiresAt } };
  }
  const token = randomToken();
  return { credential: { ...common, hash: sha256(token) }, token };
}

/** µs; 0: never. Throws RequestError (400). */
export function expiryOf({ expiresAt, expiresIn }: Pick<NewCredential, "expiresAt" | "expiresIn">): number {
  if (expiresAt !== undefined && expiresIn !== undefined) throw invalid("Give expiresAt or expiresIn, not both");
  if (expiresAt === undefined && expiresIn === undefined) return 0;
  const now = nowMicros();
  const micros = expiresAt === undefined ? now + parseDuration(expiresIn!) : microsFromIso(expiresAt);
  if (micros === undefined) throw invalid("expiresAt has to be a time in ISO 8601, like 2027-01-31T00:00:00Z");
  if (micros <= now) throw invalid("It would have expired already");
  // Microseconds beyond it are no safe integers any more.
  if (!Number.isSafeInteger(micros)) throw invalid("An end has to be before the year 2255; leave it out for none");
  return micros;
}

function checkedPassword(password: string | undefined, device: string): string {
  if (password === undefined) throw invalid("A credential of kind password needs password");
  // Never with the password in the message.
  const length = Array.from(password).length;
  const { min, max } = passwordLimits;
  if (length < min || length > max) throw invalid(`A password has ${min} to ${max} characters; this one has ${length}`);
  if (!password.isWellFormed() || /\p{Cc}/u.test(password))
    throw invalid("A password may not contain control characters");
  if (password === device) throw invalid("A password has to be another than the device's id");
  if (new Set(password).size < 5) throw invalid("The password repeats a few characters; choose another");
  return password;
}

function readCertificate(pem: string): { fingerprint: string; notAfter: number } {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw invalid("certificate has to be one certificate as PEM, from -----BEGIN CERTIFICATE----- on");
  }
  const notAfter = certificate.validToDate.getTime() * 1000;
  if (notAfter <= nowMicros()) throw invalid("The certificate has expired");
  return { fingerprint: fingerprintSubject(certificate.fingerprint256.replaceAll(":", "")), notAfter };
}

function invalid(message: string): RequestError {
  return new RequestError(400, "invalid-credential", message);
}
