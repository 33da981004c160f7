import type { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "./peer.ts";

/** The facts of a client certificate that a login needs. */
export function peerCertificate(certificate: X509Certificate): PeerCertificate {
  // Several common names: none of them is the client's more than another.
  const name: unknown = certificate.toLegacyObject().subject.CN;
  return {
    subject: distinguishedName(certificate.subject),
    commonName: typeof name === "string" ? name : undefined,
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    notAfter: certificate.validToDate.getTime() * 1000,
  };
}

/**
 * From Node's form (one attribute a line, the first of the certificate first, characters beyond ASCII as they are) to
 * the one of RFC 4514: the last first, with commas, and every byte beyond ASCII as a backslash and two digits, as
 * `openssl x509 -nameopt RFC2253` has it. In both forms the separators inside values are escaped.
 */
export function distinguishedName(lines: string): string {
  return lines
    .split("\n")
    .toReversed()
    .map((line) => line.split(" + ").toReversed().join("+"))
    .join(",")
    .replaceAll(/[\u0080-\u{10FFFF}]/gu, (character) =>
      [...Buffer.from(character)].map((byte) => `\\${byte.toString(16).toUpperCase()}`).join(""),
    );
}
