import { describe, expect, it } from "vitest";
import { formatPasswordHash, parsePasswordHash, passwordCosts } from "../src/index.ts";

const salt = new Uint8Array(16).fill(255);
const hash = new Uint8Array(32).fill(7);

describe("a password's hash as text", () => {
  it("says how it was made", () => {
    const text = formatPasswordHash({ ...passwordCosts, salt, hash });
    expect(text).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[^=]+\$[^=]+$/);
    const parsed = parsePasswordHash(text)!;
    expect(parsed).toMatchObject(passwordCosts);
    expect([...parsed.salt]).toEqual([...salt]);
    expect([...parsed.hash]).toEqual([...hash]);
  });

  it.each([
    ["other costs", "ln=15,r=8,p=3", "ln=31,r=8,p=3"],
    ["more blocks", "r=8", "r=99"],
    ["more lanes", "p=3", "p=17"],
    ["none", "p=3", "p=0"],
    ["another function", "scrypt", "argon2id"],
    ["less salt", "/////", ""],
  ])("is not taken with %s", (_, from, to) => {
    const text = formatPasswordHash({ ...passwordCosts, salt: salt.subarray(0, 8), hash });
    expect(parsePasswordHash(text)).toBeDefined();
    expect(parsePasswordHash(text.replace(from, to))).toBeUndefined();
  });
});
