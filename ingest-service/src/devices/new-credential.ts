import { randomUUID, X509Certificate } from "node:crypto";
import { canonicalSubject, type DeviceCredential, fingerprintSubject, passwordLimits } from "@headwater/aggregates";
import { nowMicros, randomToken, RequestError, sha256 } from "@headwater/core";
import { type Static, Type } from "@sinclair/typebox";
import { expiryFields, expiryOf } from "@headwater/service";
import type { PasswordHasher } from "./password-hasher.ts";

const kinds = ["token", "password", "x509"] as const;

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
  const common = { id: randomUUID(), kind, createdAt: nowMicros(), expiresAt: expiryOf(asked, "invalid-credential") };
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
