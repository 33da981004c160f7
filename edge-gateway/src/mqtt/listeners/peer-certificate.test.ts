import { X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { TestAuthority } from "../../../test/certificates.ts";
import { distinguishedName, peerCertificate } from "./peer-certificate.ts";

it("a client certificate by subject, name, fingerprint and end", async () => {
  const authority = await TestAuthority.create();
  const { cert } = await authority.issue({ subject: "CN=boiler-1, OU=Heating, O=Example" });
  const certificate = new X509Certificate(cert);
  expect(peerCertificate(certificate)).toEqual({
    // The library writes the attributes in the order in which they are given.
    subject: "O=Example,OU=Heating,CN=boiler-1",
    commonName: "boiler-1",
    fingerprint: certificate.fingerprint256.toLowerCase().replaceAll(":", ""),
    notAfter: Date.parse(certificate.validTo) * 1000,
  });
});

it("several common names are none", async () => {
  const authority = await TestAuthority.create();
  const { cert } = await authority.issue({ subject: "CN=boiler-1, CN=admin" });
  expect(peerCertificate(new X509Certificate(cert)).commonName).toBeUndefined();
});

// Each as `openssl x509 -subject -nameopt RFC2253` printed it for the certificate whose subject Node printed so.
it.each([
  ["C=DE\nO=Example\nCN=boiler-1", "CN=boiler-1,O=Example,C=DE"],
  ['O=A\\, B \\+ C\nCN=a\\"b\\\\c', 'CN=a\\"b\\\\c,O=A\\, B \\+ C'],
  ["O=Zürich\nCN=日本", "CN=\\E6\\97\\A5\\E6\\9C\\AC,O=Z\\C3\\BCrich"],
  ["O=Example\nCN=a + UID=b", "UID=b+CN=a,O=Example"],
  ["CN=line\\0Abreak", "CN=line\\0Abreak"],
])("%j in RFC 4514 is %j", (lines, name) => {
  expect(distinguishedName(lines)).toBe(name);
});
