import fc from "fast-check";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../errors.ts";
import { isUuid, randomEpoch, randomToken, sameDigest, sha256, uuidv5 } from "./index.ts";

/** Name spaces of RFC 9562, appendix B. */
const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
const url = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";

describe("uuidv5", () => {
  it("gives the example of RFC 9562, A.4", () => {
    expect(uuidv5("www.example.com", dns)).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
  });

  it("gives the example of Python's documentation", () => {
    expect(uuidv5("python.org", dns)).toBe("886313e1-3b8a-5372-9b90-0c9aee199e5d");
  });

  it("is SHA-1 of name space and name with version and variant put in, for any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.uuid(), (name, namespace) => {
        const id = uuidv5(name, namespace);
        const digest = createHash("sha1")
          .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
          .update(name)
          .digest("hex");
        const hex = id.replaceAll("-", "");
        expect(isUuid(id)).toBe(true);
        expect(hex[12]).toBe("5");
        expect("89ab").toContain(hex[16]);
        expect(hex.slice(0, 12) + hex.slice(13, 16) + hex.slice(17)).toBe(
          digest.slice(0, 12) + digest.slice(13, 16) + digest.slice(17, 32),
        );
      }),
    );
  });

  it("is the same for a name of any length, after one of another name space", () => {
    for (const length of [0, 1, 1360, 1361, 5000]) {
      const name = "ü".repeat(length);
      const space = Buffer.from(url.replaceAll("-", ""), "hex");
      const digest = createHash("sha1").update(space).update(name).digest("hex");
      expect(uuidv5("another", dns)).toBe(uuidv5(Buffer.from("another"), dns));
      expect(uuidv5(name, url).slice(0, 8)).toBe(digest.slice(0, 8));
      expect(uuidv5(Buffer.from(name), url)).toBe(uuidv5(name, url));
    }
  });

  it("takes bytes as it takes the text they encode", () => {
    expect(uuidv5(Buffer.from("Grüße"), url)).toBe(uuidv5("Grüße", url));
  });

  it("refuses a name space that is no UUID", () => {
    expect(() => uuidv5("a", "not-a-uuid")).toThrow(InvariantError);
  });
});

describe("tokens", () => {
  it("carry 256 bits and do not repeat", () => {
    const tokens = Array.from({ length: 100 }, () => randomToken());
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
  });

  it("are compared by digest, whatever their lengths", () => {
    expect(sha256("abc").toString("hex")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sameDigest(sha256("a"), sha256("a"))).toBe(true);
    expect(sameDigest(sha256("a"), sha256("b"))).toBe(false);
    expect(sameDigest(sha256("a"), Buffer.alloc(3))).toBe(false);
  });
});

describe("randomEpoch", () => {
  it("is a safe integer from 1 to 2^52 that uses the whole range", () => {
    const epochs = Array.from({ length: 2000 }, () => randomEpoch());
    for (const epoch of epochs) {
      expect(Number.isSafeInteger(epoch)).toBe(true);
      expect(epoch).toBeGreaterThanOrEqual(1);
      expect(epoch).toBeLessThanOrEqual(2 ** 52);
    }
    expect(Math.max(...epochs)).toBeGreaterThan(2 ** 51);
    expect(Math.min(...epochs)).toBeLessThan(2 ** 48);
    expect(new Set(epochs).size).toBe(2000);
  });
});
