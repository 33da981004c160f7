import { type TSchema, Type } from "@sinclair/typebox";
import { expect, it } from "vitest";
import { serializerCompiler } from "./answer-text.ts";

/** What an answer reads as, with this schema. */
function answer(schema: TSchema, value: unknown): unknown {
  const text = serializerCompiler({ schema, method: "GET", url: "/things", httpStatus: "200" })(value);
  return JSON.parse(text);
}

const thing = Type.Object({
  id: Type.String(),
  size: Type.Optional(Type.Integer()),
  tags: Type.Record(Type.String(), Type.Object({ value: Type.Union([Type.Number(), Type.String()]) })),
});

it("has what the schema declares, at every depth, and nothing that a handler holds beside", () => {
  const tags = { site: { value: "north", secret: 1 } };
  const page = { items: [{ id: "a", size: 2, tags, hash: "x" }], next: null, db: {} };
  const schema = Type.Object({ items: Type.Array(thing), next: Type.Union([Type.String(), Type.Null()]) });
  expect(answer(schema, page)).toEqual({
    items: [{ id: "a", size: 2, tags: { site: { value: "north" } } }],
    next: null,
  });
});

it("leaves out what is undefined, and refuses to go without what has to be there", () => {
  expect(answer(thing, { id: "a", size: undefined, tags: {} })).toEqual({ id: "a", tags: {} });
  expect(() => answer(thing, { tags: {} })).toThrow("id of the answer to GET /things is missing");
  expect(() => answer(Type.Array(thing), [{ id: "a" }])).toThrow("tags of the answer to GET /things is missing");
});

it("keeps every name of a record, whatever it is", () => {
  const tags = JSON.parse('{"__proto__": {"value": 1}, "two\\nlines": {"value": 2}, "": {"value": 3}}') as object;
  const text = serializerCompiler({ schema: thing, method: "GET", url: "/", httpStatus: "200" })({ id: "a", tags });
  expect(text).toBe('{"id":"a","tags":{"__proto__":{"value":1},"two\\nlines":{"value":2},"":{"value":3}}}');
});

it("takes the first variant that a value fits, by its kind, its members and its literals", () => {
  const of = Type.Union([
    Type.Object({ known: Type.Literal(true), id: Type.String(), type: Type.String() }),
    Type.Object({ known: Type.Literal(false), id: Type.String() }),
    Type.Object({ other: Type.Number() }),
    Type.Null(),
  ]);
  expect(answer(of, { known: true, id: "a", type: "t", more: 1 })).toEqual({ known: true, id: "a", type: "t" });
  expect(answer(of, { known: false, id: "a", type: "t" })).toEqual({ known: false, id: "a" });
  expect(answer(of, { other: 1, id: "a" })).toEqual({ other: 1 });
  expect(answer(of, null)).toBeNull();
  expect(() => answer(of, { known: "maybe", id: "a" })).toThrow("is of none of its variants");
});

it("gives whole numbers where they are declared, and anything where nothing is", () => {
  const schema = Type.Object({ count: Type.Integer(), mean: Type.Number(), definition: Type.Unknown() });
  const definition = { rule: [{ metric: "x" }] };
  expect(answer(schema, { count: 2.7, mean: 2.5, definition })).toEqual({ count: 2, mean: 2.5, definition });
});
