import { Type } from "@sinclair/typebox";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest, schemaProblems } from "./index.ts";
import { editDistance } from "./nearest.ts";

describe("schemaProblems", () => {
  it("names a place once, by JSON pointer", () => {
    const schema = Type.Object({ "a/b": Type.Object({ list: Type.Array(Type.Integer()) }) });
    expect(schemaProblems(schema, { "a/b": { list: [1, "x", 2.5] } })).toEqual([
      { pointer: "/a~1b/list/1", detail: 'has to be an integer, not "x"' },
      { pointer: "/a~1b/list/2", detail: "has to be an integer, not 2.5" },
    ]);
    expect(schemaProblems(schema, { "a/b": { list: [] } })).toEqual([]);
  });

  it("says what is wrong with a list or an object that is one", () => {
    const schema = Type.Object({
      ids: Type.Array(Type.String(), { uniqueItems: true }),
      tags: Type.Record(Type.String(), Type.String(), { minProperties: 1, maxProperties: 2 }),
    });
    expect(schemaProblems(schema, { ids: ["a", "b", "a"], tags: {} })).toEqual([
      { pointer: "/ids", detail: 'has "a" twice; remove one' },
      { pointer: "/tags", detail: "needs at least 1 entry" },
    ]);
    expect(schemaProblems(schema, { ids: [], tags: { a: "", b: "", c: "" } })).toEqual([
      { pointer: "/tags", detail: "has more than 2 entries" },
    ]);
  });

  it("explains a union by the variant that was most likely meant", () => {
    const strict = { additionalProperties: false };
    const schema = Type.Union([
      Type.Object(
        { command: Type.Object({ name: Type.String(), ttl: Type.String({ format: "duration" }) }, strict) },
        strict,
      ),
      Type.Object({ webhook: Type.Object({ url: Type.String({ format: "uri" }) }, strict) }, strict),
    ]);
    expect(schemaProblems(schema, { command: { name: "shut", ttl: "soon" } })).toEqual([
      { pointer: "/command/ttl", detail: 'has to be a duration like 30s or 1h30m, not "soon"' },
    ]);
    expect(schemaProblems(schema, { webhook: { url: "https://ops.example/hook" } })).toEqual([]);
    expect(schemaProblems(schema, 5)[0]).toMatchObject({
      pointer: "",
      detail: "has to be an object or an object, not 5",
    });
  });

  it("knows the formats it names", () => {
    const schema = Type.Object({
      at: Type.String({ format: "date-time" }),
      on: Type.String({ format: "date" }),
      id: Type.String({ format: "uuid" }),
    });
    expect(
      schemaProblems(schema, {
        at: "2026-05-01T12:00:00Z",
        on: "2026-05-01",
        id: "2ed6657d-e927-568b-95e1-2665a8aea6a2",
      }),
    ).toEqual([]);
    expect(schemaProblems(schema, { at: "2026-05-01", on: "2026-05-32", id: "2ed6657d" })).toHaveLength(3);
  });

  it("stops at twenty problems, however many there are, without looking at the rest, in bounded words", () => {
    const schema = Type.Object({ list: Type.Array(Type.Integer()) });
    let looks = 0;
    const list = new Proxy(
      Array.from({ length: 500_000 }, () => "x".repeat(1000)),
      {
        get(items, key) {
          looks += 1;
          return Reflect.get(items, key) as unknown;
        },
      },
    );
    const problems = schemaProblems(schema, { list });
    expect(problems).toHaveLength(20);
    expect(looks).toBeLessThan(1000);
    for (const { detail } of problems) expect(detail.length).toBeLessThan(200);
  });
});

describe("nearest", () => {
  it("finds what was meant, and nothing where nothing was", () => {
    const known = ["HEADWATER_HTTP_PORT", "HEADWATER_MQTT_PORT", "HEADWATER_DATA_DIR"];
    expect(nearest("HEADWATER_HTTP_PROT", known)).toBe("HEADWATER_HTTP_PORT");
    expect(nearest("headwater_data_dir", known)).toBe("HEADWATER_DATA_DIR");
    expect(nearest("SOMETHING_ELSE_ENTIRELY", known)).toBeUndefined();
    // One edit leads to each of them; two letters were swapped most likely.
    expect(nearest("=>", [">", ">="])).toBe(">=");
  });

  it("counts edits: symmetric, zero only for equals, one for a swap", () => {
    expect(editDistance("port", "prot")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
