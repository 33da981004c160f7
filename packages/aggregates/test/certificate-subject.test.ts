import { describe, expect, it } from "vitest";
import { canonicalSubject, subjectOfCertificate } from "../src/index.ts";

const digits = "ab".repeat(32);

describe("the subject of a certificate", () => {
  it.each([
    ["CN=boiler-1,O=Acme,C=DE", "CN=boiler-1,O=Acme,C=DE"],
    ["cn=boiler-1, O = Acme , c=DE", "CN=boiler-1,O=Acme,C=DE"],
    ["subject=CN=boiler-1,O=Acme", "CN=boiler-1,O=Acme"],
    [String.raw`CN=Meyer\, Sons,O=A\+B`, String.raw`CN=Meyer\, Sons,O=A\+B`],
    [String.raw`CN=Meyer\2C Sons`, String.raw`CN=Meyer\, Sons`],
    [String.raw`CN=K\C3\A4se`, "CN=Käse"],
    ["CN=Käse", "CN=Käse"],
    ["O=x+CN=y", "CN=y+O=x"],
    [String.raw`CN=a\ `, String.raw`CN=a\ `],
    [String.raw`CN=\ `, String.raw`CN=\ `],
    [String.raw`CN=\\\ `, String.raw`CN=\\\ `],
    [String.raw`CN=a\00b`, String.raw`CN=a\00b`],
    ["1.2.840.113549.1.9.1=#1603612E62", "1.2.840.113549.1.9.1=#1603612e62"],
    [digits, `sha256:${digits}`],
    [digits.toUpperCase().replaceAll(/..(?!$)/g, "$&:"), `sha256:${digits}`],
    [`sha256 Fingerprint=${"AB:".repeat(31)}AB`, `sha256:${digits}`],
    [`sha256:${digits}`, `sha256:${digits}`],
  ])("%j is %j", (text, canonical) => {
    expect(canonicalSubject(text)).toBe(canonical);
    expect(canonicalSubject(canonical)).toBe(canonical);
  });

  it.each([
    "",
    "boiler-1",
    "CN=",
    "CN=a,,O=b",
    ",CN=a",
    "CN=a,",
    "=x",
    String.raw`CN=\FF`,
    "x".repeat(513),
    `sha1:${"a".repeat(40)}`,
  ])("%j is none", (text) => {
    expect(() => canonicalSubject(text)).toThrow();
    expect(subjectOfCertificate(text)).toBeUndefined();
  });

  it("keeps names apart that differ in an escape", () => {
    const names = [
      String.raw`CN=a\,O=b`,
      "CN=a,O=b",
      String.raw`CN=a\\,O=b`,
      String.raw`CN=a\ ,O=b`,
      String.raw`CN=\#a`,
      "CN=#0a",
    ];
    expect(new Set(names.map(canonicalSubject)).size).toBe(names.length);
  });
});
