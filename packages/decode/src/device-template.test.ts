import { ConfigError } from "@headwater/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeviceTemplate } from "./device-template.ts";

const fill = (template: string, names: Readonly<Record<string, string>>, reserved?: string) =>
  new DeviceTemplate(template, reserved).idOf(new Map(Object.entries(names)));

describe("one level", () => {
  it.each(["6B:EF:01", "boiler-1", "Edge:1", "a b", "a$", "Ö", "0x7f", "a(b)"])("%s is an id as it is", (name) => {
    expect(fill("{device}", { device: name })).toBe(name);
  });

  it.each(["a/b", "100%", "a%3ab", "a+b", "a#", "$SYS", " a", "a ", "a\u0000b", "a\ufffeb", "floor 1/6B:EF"])(
    "%j is what encodeURIComponent gives",
    (name) => {
      expect(fill("{device}", { device: name })).toBe(encodeURIComponent(name));
    },
  );

  it("beside other text what is at its ends does not matter", () => {
    expect(fill("ble-{mac}!", { mac: "$6B:EF " })).toBe("ble-$6B:EF !");
  });
});

describe("several levels", () => {
  it("what separates them is encoded, up to the last level", () => {
    expect(fill("{site}:{mac}", { site: "a:b", mac: "6B:EF" })).toBe("a%3Ab:6B:EF");
    expect(fill("{site}-{name}", { site: "north-1", name: "boiler-1" })).toBe("north%2D1-boiler-1");
    expect(fill("{group}:{node}", { group: "plant:1", node: "a/b%+#\u0000" })).toBe("plant%3A1:a%2Fb%25%2B%23%00");
  });

  it("what is reserved is encoded in the last one too", () => {
    expect(fill("{node}.{device}", { node: "n:1", device: "d:1" }, ":")).toBe("n%3A1.d%3A1");
  });

  it.each(["{a}{b}", "{a}x{b}", "{a}%{b}", "{a}:{b}2{c}"])(
    "%s is refused: nothing keeps its names apart",
    (template) => {
      expect(() => new DeviceTemplate(template)).toThrow(ConfigError);
    },
  );

  it.each(["{x}:{y}", "{x}-{y}", "a{x}.2{y}b", "{x}/%/{y}", "{x}--{y}"])(
    "of %s two different pairs of names never become one device",
    (template) => {
      const char = fc.constantFrom(":", "-", ".", "/", "%", "2", "F", "D", "3", "A", "$", " ", "\u0000", "é", "b");
      const names = fc.tuple(fc.string({ unit: char }), fc.string({ unit: char }));
      fc.assert(
        fc.property(names, names, ([a, b], [c, d]) => {
          fc.pre(a !== c || b !== d);
          expect(fill(template, { x: a, y: b })).not.toBe(fill(template, { x: c, y: d }));
        }),
      );
    },
  );
});

it("what is filled in is one level of a topic, whatever came", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(fill("{device}", { device: text })).not.toMatch(/[/+#\p{Cc}]/u);
    }),
  );
});
