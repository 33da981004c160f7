import { Type } from "@sinclair/typebox";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { RequestError, silentLogger } from "@headwater/core";
import { createMetrics } from "../metrics/index.ts";
import {
  adminTokenAuth,
  createHttpServer,
  etagOf,
  type HttpServer,
  type HttpServerOptions,
  wantedType,
} from "./index.ts";

const token = "a-token-of-the-administrator-of-32+";
const auth = { authorization: `Bearer ${token}` };
const open: HttpServer[] = [];
let made = 0;
let missing = "missing";

async function server(more: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const metrics = createMetrics({ service: "test", processMetrics: false });
  const listen = { host: "127.0.0.1", port: 0, title: "Test", readiness: () => [], drainMs: 100 };
  const http = await createHttpServer({
    logger: silentLogger,
    metrics,
    auth: adminTokenAuth(token),
    ...listen,
    ...more,
  });
  open.push(http);
  made = 0;
  missing = "missing";
  const { app } = http;
  const body = Type.Object({ id: Type.String() });
  app.post("/api/v1/things", { schema: { body } }, async (request, reply) => {
    made += 1;
    if (request.body.id === missing) throw new RequestError(404, "thing-unknown", "There is none");
    if (request.body.id === "broken") throw new TypeError("a defect");
    void reply.code(201).header("location", `/api/v1/things/${request.body.id}`);
    return { id: request.body.id, number: made };
  });
  app.patch(
    "/api/v1/things/:id",
    { schema: { body: Type.Object({ size: Type.Integer() }) } },
    async ({ body: sent }) => sent,
  );
  app.get("/api/v1/things/:id", { config: { conditional: true } }, async (_request, reply) => {
    void reply.header("etag", etagOf(3));
    return { id: "a" };
  });
  app.get("/api/v1/table", { config: { produces: ["application/json", "text/csv"] } }, async (request, reply) => {
    const type = wantedType(request);
    void reply.type(type);
    return reply.send(Readable.from(type === "text/csv" ? ["a,b\r\n", "1,2\r\n".repeat(1000)] : ['{"a":', "1}"]));
  });
  app.get("/api/v1/many", async () => ({ items: Array.from({ length: 1000 }, (_, index) => `item ${index}`) }));
  return http;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((http) => http.close()));
});

describe("the type of an answer", () => {
  it.each([
    ["/api/v1/table", "text/csv", 200, "text/csv"],
    ["/api/v1/table", "text/csv;q=0, */*", 200, "application/json"],
    ["/api/v1/table", "application/xml", 406, "application/problem+json"],
    ["/api/v1/many", "application/xml", 406, "application/problem+json"],
    ["/api/v1/many", "text/csv;q=0", 406, "application/problem+json"],
    ["/api/v1/many", "text/html, */*;q=0.1", 200, "application/json"],
    ["/health/live", "application/json", 200, "application/json"],
  ])("%s with Accept %s", async (url, accept, status, type) => {
    const answer = await (await server()).inject({ url, headers: { ...auth, accept } });
    expect([answer.statusCode, String(answer.headers["content-type"]).split(";")[0]]).toEqual([status, type]);
  });
});

describe("a GET that names what it has", () => {
  it.each([
    ['"3"', 304],
    ['W/"3"', 304],
    ["*", 304],
    ['"2", "3"', 304],
    ['"2"', 200],
    ["3", 200],
  ])("If-None-Match: %s is answered %i", async (tag, status) => {
    const answer = await (
      await server()
    ).inject({ url: "/api/v1/things/a", headers: { ...auth, "if-none-match": tag } });
    expect([answer.statusCode, answer.headers["etag"]]).toEqual([status, '"3"']);
    expect(answer.body).toBe(status === 304 ? "" : '{"id":"a"}');
  });
});

describe("a body", () => {
  const payload = JSON.stringify({ id: "é".repeat(500) });

  it.each([
    ["gzip", gzipSync(payload), 201],
    ["x-gzip", gzipSync(payload), 201],
    ["deflate", deflateSync(payload), 201],
    ["br", brotliCompressSync(payload), 201],
    ["identity", Buffer.from(payload), 201],
    ["gzip", Buffer.from(payload), 400],
    ["gzip", gzipSync(payload).subarray(0, 20), 400],
    ["zstd", Buffer.from(payload), 415],
    ["gzip", gzipSync(Buffer.alloc(50_000_000)), 413],
  ])("in %s is read", async (encoding, bytes, status) => {
    const http = await server();
    const { url } = await http.listen();
    const answer = await fetch(`${url}/api/v1/things`, {
      method: "POST",
      headers: { ...auth, "content-type": "application/json", "content-encoding": encoding },
      body: bytes,
    });
    expect(answer.status, await answer.text()).toBe(status);
  });

  const damaged = Buffer.alloc(5000, "no gzip");
  it.each([
    ["of a type that nobody reads", "/api/v1/things", "foo/bar", damaged, 415],
    [
      "unpacked beyond its limit",
      "/api/v1/things",
      "application/json",
      gzipSync(Buffer.alloc(50_000_000)).subarray(0, -8),
      413,
    ],
    ["that goes nowhere", "/api/v1/nothing", "foo/bar", damaged, 404],
  ])("that is damaged and %s ends nobody but itself", async (_what, path, type, bytes, status) => {
    const http = await server();
    const { url } = await http.listen();
    const errors: unknown[] = [];
    const note = (error: unknown): unknown => errors.push(error);
    process.on("uncaughtException", note);
    onTestFinished(() => void process.off("uncaughtException", note));
    const headers = { ...auth, "content-type": type, "content-encoding": "gzip" };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: bytes });
    expect(answer.status, await answer.text()).toBe(status);
    // What is wrong with the rest would be told by now.
    await http.close();
    expect(errors).toEqual([]);
  });

  it("may be a merge patch", async () => {
    const headers = { ...auth, "content-type": "application/merge-patch+json" };
    const answer = await (
      await server()
    ).inject({ method: "PATCH", url: "/api/v1/things/a", headers, payload: '{"size":3}' });
    expect([answer.statusCode, answer.json()]).toEqual([200, { size: 3 }]);
  });

  it.each([
    ['{"id":"a","__proto__":{"x":1}}', "/__proto__"],
    ['{"id":"a","deep":[{"\\u005f_proto__":1}]}', "/deep/0/__proto__"],
  ])("%s is told what name it cannot have", async (text, pointer) => {
    const headers = { ...auth, "content-type": "application/json" };
    const answer = await (await server()).inject({ method: "POST", url: "/api/v1/things", headers, payload: text });
    expect(answer.json()).toMatchObject({ status: 400, code: "invalid-request", errors: [{ pointer }] });
  });

  it("may speak of __proto__, and begin with a byte order mark", async () => {
    const headers = { ...auth, "content-type": "application/json" };
    const payloads = ['{"id":"__proto__"}', '\uFEFF{"id":"a"}'];
    const http = await server();
    for (const text of payloads) {
      const answer = await http.inject({ method: "POST", url: "/api/v1/things", headers, payload: text });
      expect(answer.statusCode, answer.body).toBe(201);
    }
  });
});

describe("an answer", () => {
  it.each([
    ["/api/v1/many", "gzip, deflate, br", "gzip"],
    ["/api/v1/many", "*", "gzip"],
    ["/api/v1/many", "gzip;q=0, *;q=0", undefined],
    ["/api/v1/many", "br", undefined],
    ["/api/v1/things/a", "gzip", undefined],
    ["/api/v1/table", "gzip", "gzip"],
  ])("to %s with Accept-Encoding %s is compressed where it is worth it", async (url, accepted, encoding) => {
    const headers = { ...auth, "accept-encoding": accepted };
    const answer = await (await server()).inject({ url, headers });
    expect(answer.headers["content-encoding"]).toBe(encoding);
    const text = encoding === undefined ? answer.body : gunzipSync(answer.rawPayload).toString();
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });
});

describe("a POST with an Idempotency-Key", () => {
  const post = (http: HttpServer, key: string, id = "a") =>
    http.inject({
      method: "POST",
      url: "/api/v1/things",
      headers: { ...auth, "idempotency-key": key },
      payload: { id },
    });

  it("is done once, and answered alike", async () => {
    const http = await server();
    const first = await post(http, "k1");
    const again = await post(http, "k1");
    expect([again.statusCode, again.body, again.headers["location"]]).toEqual([201, first.body, "/api/v1/things/a"]);
    expect(again.headers["content-type"]).toBe(first.headers["content-type"]);
    expect(made).toBe(1);
    await post(http, "k2");
    expect(made).toBe(2);
  });

  it("is done once across a restart too, and the file tells no secret", async () => {
    const folder = mkdtempSync(join(tmpdir(), "headwater-answers-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const answersFile = join(folder, "answers.journal");
    const former = await server({ answersFile });
    const first = await post(former, "the-key-of-it");
    await post(former, "refused", "broken");
    await former.close();
    const bytes = readFileSync(answersFile, "latin1");
    for (const secret of ["the-key-of-it", "/api/v1/things", first.body]) expect(bytes).not.toContain(secret);
    expect(statSync(answersFile).mode & 0o077).toBe(0);
    const later = await server({ answersFile });
    const again = await post(later, "the-key-of-it");
    expect([again.statusCode, again.body, again.headers["location"]]).toEqual([201, first.body, "/api/v1/things/a"]);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(made).toBe(0);
    expect((await post(later, "the-key-of-it", "b")).json().code).toBe("idempotency-key-reused");
  });

  it("is tried again after a refusal, when what was missing is there", async () => {
    const http = await server();
    expect((await post(http, "k1", "missing")).statusCode).toBe(404);
    missing = "nothing";
    expect((await post(http, "k1", "missing")).statusCode).toBe(201);
  });

  it("is refused with another body, and with a key that is none", async () => {
    const http = await server();
    await post(http, "k1");
    expect((await post(http, "k1", "b")).json()).toMatchObject({ status: 409, code: "idempotency-key-reused" });
    expect((await post(http, "a b")).json()).toMatchObject({ status: 400, code: "invalid-idempotency-key" });
  });

  it("is tried again after a defect, and refused while the first is under way", async () => {
    const http = await server();
    expect((await post(http, "k1", "broken")).statusCode).toBe(500);
    expect((await post(http, "k1", "broken")).statusCode).toBe(500);
    expect(made).toBe(2);
    const both = await Promise.all([post(http, "k3"), post(http, "k3")]);
    expect(made).toBe(3);
    expect(both.map(({ statusCode }) => statusCode).toSorted()[0]).toBe(201);
  });
});

describe("a page of another origin", () => {
  const preflight = { origin: "https://ops.example", "access-control-request-method": "POST" };

  it("may use the API if a setting says so, and asks without a token", async () => {
    const http = await server({ corsOrigins: ["https://ops.example"] });
    const asked = await http.inject({ method: "OPTIONS", url: "/api/v1/things", headers: preflight });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({ "access-control-allow-origin": "https://ops.example" });
    expect(asked.headers["access-control-allow-headers"]).toContain("authorization");
    const refused = await http.inject({ url: "/api/v1/many", headers: { origin: "https://ops.example" } });
    expect([refused.statusCode, refused.headers["access-control-allow-origin"]]).toEqual([401, "https://ops.example"]);
    const other = await http.inject({ url: "/api/v1/many", headers: { ...auth, origin: "https://else.example" } });
    expect(other.headers["access-control-allow-origin"]).toBeUndefined();
    expect(other.headers["vary"]).toContain("origin");
  });

  it("may not by default", async () => {
    const answer = await (await server()).inject({ method: "OPTIONS", url: "/api/v1/things", headers: preflight });
    expect([answer.statusCode, answer.headers["access-control-allow-origin"]]).toEqual([405, undefined]);
  });
});

it("tokens that are not known are answered slower and slower, one that is known at once", async () => {
  const http = await server();
  const wrong = () => http.inject({ url: "/api/v1/many", headers: { authorization: "Bearer wrong" } });
  for (let tries = 0; tries < 11; tries += 1) expect((await wrong()).statusCode).toBe(401);
  let answered = false;
  const slow = wrong().then((answer) => {
    answered = true;
    return answer.statusCode;
  });
  expect((await http.inject({ url: "/api/v1/things/a", headers: auth })).statusCode).toBe(200);
  expect(answered).toBe(false);
  expect(await slow).toBe(401);
});
