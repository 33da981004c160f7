import { Type } from "@sinclair/typebox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "@headwater/core";
import { createMetrics } from "../metrics/index.ts";
import { adminTokenAuth, createHttpServer, etagOf, type HttpServer } from "./index.ts";

const token = "a-token-of-the-administrator-of-32+";
const auth = { authorization: `Bearer ${token}` };
const json = { ...auth, "content-type": "application/json" };
let http: HttpServer;

beforeEach(async () => {
  http = await createHttpServer({
    logger: silentLogger,
    metrics: createMetrics({ service: "test", processMetrics: false }),
    auth: adminTokenAuth(token),
    host: "127.0.0.1",
    port: 0,
    title: "Test",
    readiness: () => [],
  });
  const { app } = http;
  const body = Type.Union([Type.Object({ note: Type.Optional(Type.String()) }), Type.Null()]);
  app.post("/api/v1/things", { schema: { body } }, async (request) => ({ note: request.body?.note }));
  app.post("/api/v1/things/:id/switch", async () => ({ on: true }));
  app.get("/api/v1/things/:id", { config: { conditional: true } }, async (_request, reply) => {
    void reply.header("etag", etagOf(3));
    return { id: "a" };
  });
  app.delete("/api/v1/things/:id", async () => ({ deleted: true }));
});

afterEach(() => http.close());

it("a HEAD that names what it has is answered 304 as a GET is", async () => {
  for (const method of ["GET", "HEAD"] as const) {
    const { statusCode, body, headers } = await http.inject({
      method,
      url: "/api/v1/things/a",
      headers: { ...auth, "if-none-match": '"3"' },
    });
    expect([method, statusCode, body, headers["etag"]]).toEqual([method, 304, "", '"3"']);
  }
  const other = await http.inject({ method: "HEAD", url: "/api/v1/things/a", headers: auth });
  expect([other.statusCode, other.headers["content-length"]]).toEqual([200, "10"]);
});

describe("a parameter that nothing reads is refused", () => {
  it.each([
    ["DELETE", "/api/v1/things/a?data=delete"],
    ["POST", "/api/v1/things/a/switch?dryRun=true"],
    ["GET", "/api/v1/things/a?bogus=1"],
    ["GET", "/api/v1?bogus=1"],
  ] as const)("%s %s", async (method, url) => {
    const answer = await http.inject({ method, url, headers: auth });
    expect([answer.statusCode, answer.json().code]).toEqual([400, "invalid-request"]);
  });

  it("and one that is not percent-encoded UTF-8 too", async () => {
    for (const query of ["a=%zz", "a=%ff", "%=1", "a=%"]) {
      const answer = await http.inject({ url: `/api/v1/things/a?${query}`, headers: auth });
      expect([query, answer.statusCode, answer.json().code]).toEqual([query, 400, "invalid-url"]);
    }
  });
});

describe("a body", () => {
  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  const many = (count: number): string => JSON.stringify(Object.fromEntries(Array.from({ length: count }, entry)));
  const entry = (_: unknown, index: number): [string, number] => [`key ${index}`, 1];

  it.each([
    ["lists without end", "[".repeat(100_000) + "]".repeat(100_000), 400, "invalid-json"],
    ["objects without end", nested(100_000), 400, "invalid-json"],
    ["101 levels", nested(101), 400, "invalid-json"],
    ["10,001 properties", many(10_001), 400, "invalid-json"],
    ["bytes that are no UTF-8", Buffer.from('{"note":"\xff"}', "latin1"), 400, "invalid-encoding"],
    ["half of a surrogate pair", String.raw`{"note":"a\ud83d"}`, 400, "invalid-request"],
    ["half of one in a name", String.raw`{"note":"a","\udf21":1}`, 400, "invalid-request"],
    ["a whole one", String.raw`{"note":"\ud83c\udf21"}`, 200, undefined],
    ["100 levels", nested(100), 200, undefined],
    ["brackets, commas and quotes in a text", JSON.stringify({ note: '[{",\\'.repeat(10_000) }), 200, undefined],
    ["a byte order mark", '\uFEFF{"note":"x"}', 200, undefined],
  ])("with %s is answered %i", async (_name, payload, status, code) => {
    const answer = await http.inject({ method: "POST", url: "/api/v1/things", headers: json, payload });
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it.each([
    ["application/json; charset=iso-8859-1", 415],
    ['application/json; charset="utf-16"', 415],
    ["text/plain", 415],
    ["application/json;charset=UTF-8", 200],
    ['application/json; charset="utf-8"', 200],
  ])("of type %s is answered %i", async (type, status) => {
    const headers = { ...auth, "content-type": type };
    const answer = await http.inject({ method: "POST", url: "/api/v1/things", headers, payload: '{"note":"x"}' });
    expect(answer.statusCode).toBe(status);
  });

  it.each([
    ['{"mode":"shadow"}', 400],
    ["[1]", 400],
    ['"on"', 400],
    ["{}", 200],
    ["null", 200],
  ])("%s where none is read is answered %i", async (payload, status) => {
    const answer = await http.inject({ method: "POST", url: "/api/v1/things/a/switch", headers: json, payload });
    expect(answer.statusCode).toBe(status);
  });
});
