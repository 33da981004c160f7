import { Type } from "@sinclair/typebox";
import { fastify } from "fastify";
import fc from "fast-check";
import { expect, it } from "vitest";
import { pageSchema } from "./page.ts";
import { documentedResponses, plainAnswers } from "./plain-answers.ts";

const state = Type.Union(["open", "closed"].map((each) => Type.Literal(each)));
const value = Type.Union([Type.Number(), Type.Boolean(), Type.String(), Type.Null()], { description: "Any" });
const of = Type.Union([Type.Object({ device: Type.String() }), Type.Object({ gateway: Type.String() })]);
const item = Type.Object({ id: Type.String(), state, value: Type.Optional(value), of });
const schema = { response: { 200: pageSchema(item) } };

it("leaves no check where a value's type tells how it is written, and the description as it is", () => {
  const route = { method: "GET", url: "/", handler: () => undefined, schema } as const;
  plainAnswers(route);
  const { response } = route.schema as unknown as { response: { 200: { properties: Record<string, never> } } };
  const { next, items } = response[200].properties as unknown as {
    next: unknown;
    items: { items: { properties: Record<string, unknown> } };
  };
  expect(next).toEqual({ type: ["string", "null"] });
  expect(items.items.properties["state"]).toEqual({ type: "string" });
  expect(items.items.properties["value"]).toEqual({
    type: ["number", "boolean", "string", "null"],
    description: "Any",
  });
  // Of these only the values tell.
  expect(items.items.properties["of"]).toHaveProperty("anyOf");
  expect(documentedResponses(route.schema)).toBe(schema.response);
});

it("writes what JSON does", async () => {
  const any = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.string(),
    fc.constant(null),
  );
  const items = fc.array(
    fc.record(
      {
        id: fc.string(),
        state: fc.constantFrom("open", "closed"),
        value: any,
        of: fc.oneof(fc.record({ device: fc.string() }), fc.record({ gateway: fc.string() })),
      },
      { requiredKeys: ["id", "state", "of"] },
    ),
    { maxLength: 5 },
  );
  const app = fastify();
  app.addHook("onRoute", plainAnswers);
  let answer: unknown;
  app.get("/", { schema }, async () => answer);
  await fc.assert(
    fc.asyncProperty(items, fc.option(fc.string()), async (those, next) => {
      answer = { items: those, next };
      const { body } = await app.inject("/");
      expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(answer)));
    }),
    { numRuns: 100 },
  );
  await app.close();
});
