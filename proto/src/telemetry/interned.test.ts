import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Interned } from "./interned.ts";

const of = <T>(names: Interned<T>, bytes: Uint8Array) => names.of(bytes, 0, bytes.length);

describe("values by the bytes of their name", () => {
  it("are made once for each name", () => {
    const names = new Interned(100_000, (name) => ({ name }));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const bytes = Buffer.from(text);
        const first = of(names, bytes);
        expect(first?.name).toBe(text);
        expect(of(names, Buffer.from(text))).toBe(first);
        expect(names.of(Buffer.from(`<${text}>`), 1, bytes.length + 1)).toBe(first);
      }),
    );
  });

  it("do not hang on the buffer that the name came in", () => {
    const names = new Interned(10, (name) => ({ name }));
    const batch = Buffer.from("boiler-1");
    const entry = of(names, batch);
    batch.fill(0);
    expect(of(names, Buffer.from("boiler-1"))).toBe(entry);
  });

  it("do not exist for what is no UTF-8", () => {
    expect(of(new Interned(10, (name) => name), Uint8Array.of(0xc3, 0x28))).toBeUndefined();
  });

  it("of names that all have one hash are looked for among a few", () => {
    // At each step two blocks lead the hash from one state to one state: all 128 names have the same.
    const steps = "105zx/1bpcd 0k40p/1c04a 003zx/0fpad 09vl8/0apd6 04pvu/0b3ea 05rnw/0mpba 07rnw/0opba".split(" ");
    const alike = steps.reduce(
      (all, pair) => all.flatMap((name) => pair.split("/").map((block) => name + block)),
      [""],
    );
    let made = 0;
    const names = new Interned(100_000, (name) => {
      made += 1;
      return name;
    });
    for (let round = 0; round < 2; round += 1)
      for (const name of alike) expect(of(names, Buffer.from(name))).toBe(name);
    expect(made).toBe(2 * alike.length);
    for (const name of alike.slice(-4)) of(names, Buffer.from(name));
    expect(made).toBe(2 * alike.length);
  });

  it("are bounded in number", () => {
    let made = 0;
    const names = new Interned(3, () => {
      made += 1;
      return made;
    });
    for (const name of ["a", "b", "c", "d", "a"]) of(names, Buffer.from(name));
    expect(made).toBe(5);
    expect(of(names, Buffer.from("d"))).toBe(4);
  });
});
