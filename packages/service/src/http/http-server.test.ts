import { Type } from "@sinclair/typebox";
import { randomBytes } from "node:crypto";
import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { ConflictError, ResourceError, silentLogger } from "@headwater/core";
import { LogUnavailableError } from "@headwater/event-log";
import { createLogger } from "../log/index.ts";
import { createMetrics } from "../metrics/index.ts";
import {
  type HttpServer,
  type HttpServerOptions,
  adminTokenAuth,
  createHttpServer,
  listQuery,
  metricsTokenAuth,
  pageSchema,
  principalOf,
} from "./index.ts";

const token = "a-token-of-the-administrator-of-32+";
const auth = { authorization: `Bearer ${token}` };
const open: HttpServer[] = [];

async function server(more: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const http = await createHttpServer({
    logger: silentLogger,
    metrics: createMetrics({ service: "test", processMetrics: false }),
    auth: adminTokenAuth(token),
    host: "127.0.0.1",
    port: 0,
    title: "Test",
    readiness: () => [],
    drainMs: 100,
    ...more,
  });
  open.push(http);
  return http;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((http) => http.close()));
});

const thing = Type.Object(
  { id: Type.String({ minLength: 1 }), size: Type.Integer({ minimum: 1, maximum: 10, default: 5 }) },
  { additionalProperties: false },
);

async function withThings(more: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const http = await server(more);
  http.app.post("/api/v1/things", { schema: { body: thing, response: { 201: thing } } }, async (request, reply) => {
    void reply.code(201);
    return { id: request.body.id, size: request.body.size };
  });
  http.app.get(
    "/api/v1/things",
    {
      schema: { querystring: Type.Object({ ...listQuery.properties, tags: Type.Optional(Type.Array(Type.String())) }) },
    },
    async (request) => ({ items: [request.query], next: null }),
  );
  http.app.get("/api/v1/things/:id", { config: { scopes: ["things:read"] }, schema: {} }, async (request) => ({
    who: principalOf(request).id,
  }));
  return http;
}

describe("a request that does not fit", () => {
  it("is answered with every place that is wrong and what to do there", async () => {
    const http = await withThings();
    const answer = await http.inject({
      method: "POST",
      url: "/api/v1/things",
      headers: auth,
      payload: { id: "", sise: 3, size: "7" },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    const problem = answer.json();
    expect(problem).toMatchObject({
      type: "urn:headwater:problem:invalid-request",
      title: "Bad Request",
      status: 400,
      code: "invalid-request",
    });
    expect(problem.errors).toContainEqual({ pointer: "/sise", detail: "is not known here; did you mean size?" });
    expect(problem.errors).toContainEqual({ pointer: "/size", detail: 'has to be an integer from 1 to 10, not "7"' });
    expect(problem.errors).toContainEqual({ pointer: "/id", detail: 'has to be text that is not empty, not ""' });
  });

  it("names a property that is missing, and a body that is", async () => {
    const http = await withThings();
    const missing = await http.inject({ method: "POST", url: "/api/v1/things", headers: auth, payload: {} });
    expect(missing.json().errors).toEqual([{ pointer: "/id", detail: "is missing; give text that is not empty" }]);
    const nothing = await http.inject({ method: "POST", url: "/api/v1/things", headers: auth });
    expect(nothing.statusCode).toBe(400);
    expect(nothing.json().errors).toEqual([{ pointer: "", detail: "has to be an object, not null" }]);
  });

  it("names a query parameter that is misspelt, and one out of range", async () => {
    const http = await withThings();
    const answer = await http.inject({ url: "/api/v1/things?limti=3&limit=1001", headers: auth });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toEqual([
      { pointer: "/limti", detail: "is not known here; did you mean limit?" },
      { pointer: "/limit", detail: "has to be an integer from 1 to 1000, not 1001" },
    ]);
  });

  it.each([
    ["malformed JSON", { "content-type": "application/json" }, '{"id": ', 400, "invalid-json"],
    ["an unknown media type", { "content-type": "text/x-none" }, "id", 415, "unsupported-media-type"],
    [
      "a body of more than 1 MiB",
      { "content-type": "application/json" },
      `"${"x".repeat(1024 * 1024)}"`,
      413,
      "body-too-large",
    ],
  ])("says so of %s", async (_name, headers, payload, status, code) => {
    const http = await withThings();
    const answer = await http.inject({
      method: "POST",
      url: "/api/v1/things",
      headers: { ...auth, ...headers },
      payload,
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status, code });
  });

  it("is refused when its query has too many parameters", async () => {
    const http = await withThings();
    const answer = await http.inject({ url: `/api/v1/things?${"tags=a&".repeat(1201)}`, headers: auth });
    expect(answer.json()).toMatchObject({ status: 400, code: "query-too-long" });
  });

  it("hears of 404 and, with the methods there are, of 405", async () => {
    const http = await withThings();
    const nothing = await http.inject({ url: "/api/v1/nothing" });
    expect(nothing.json()).toMatchObject({ status: 404, code: "not-found" });
    const method = await http.inject({ method: "DELETE", url: "/api/v1/things?x=1", headers: auth });
    expect(method.headers["allow"]).toBe("GET, HEAD, POST");
    expect(method.json()).toMatchObject({ status: 405, code: "method-not-allowed" });
  });
});

describe("what is refused before there is a route", () => {
  async function raw(port: number, text: string): Promise<string> {
    const socket = connect(port, "127.0.0.1");
    socket.end(text);
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  }

  it.each([
    ["a path that is no UTF-8", "GET /api/v1/things/%ff%fe HTTP/1.1\r\nhost: x\r\n\r\n", 400, "invalid-url"],
    ["an endless name", `GET /api/v1/things/${"x".repeat(600)} HTTP/1.1\r\nhost: x\r\n\r\n`, 414, "path-too-long"],
    ["what is not HTTP", "\u0010\u0005MQTT\r\n\r\n", 400, "invalid-http"],
    ["endless headers", `GET / HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431, "headers-too-large"],
  ])("%s gets a problem, too", async (_name, text, status, code) => {
    const http = await withThings();
    const { port } = await http.listen();
    const answer = await raw(port, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain("content-type: application/problem+json");
    expect(JSON.parse(answer.slice(answer.indexOf("{")))).toMatchObject({ status, code });
  });
});

describe("a body that is too large", () => {
  it.each([
    ["as it is", "identity", Buffer.alloc(8 * 1024 * 1024, "x")],
    ["when it is unpacked", "gzip", gzipSync(randomBytes(4 * 1024 * 1024).toString("hex"))],
  ])("%s is read to its end, so that its sender hears why and goes on", async (_name, encoding, body) => {
    const { port: to } = await (await withThings()).listen();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (method: string, payload?: Buffer) => {
      const headers = { ...auth, "content-type": "application/json", "content-encoding": encoding };
      const sent = httpRequest({ host: "127.0.0.1", port: to, method, path: "/api/v1/things", agent, headers });
      sent.end(payload);
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      const port = sent.socket!.localPort;
      answer.resume();
      await once(answer, "end");
      return { status: answer.statusCode, port };
    };
    const refused = await ask("POST", body);
    expect(refused.status).toBe(413);
    // On the same connection.
    expect(await ask("GET")).toEqual({ status: 200, port: refused.port });
    agent.destroy();
  });
});

describe("a request that fits", () => {
  it("gets defaults, converted query parameters and lists", async () => {
    const http = await withThings();
    const made = await http.inject({ method: "POST", url: "/api/v1/things", headers: auth, payload: { id: "a" } });
    expect([made.statusCode, made.json()]).toEqual([201, { id: "a", size: 5 }]);
    const list = await http.inject({ url: "/api/v1/things?limit=7&tags=a&tags=b", headers: auth });
    expect(list.json()).toEqual({ items: [{ limit: 7, tags: ["a", "b"] }], next: null });
    const one = await http.inject({ url: "/api/v1/things?tags=a,b", headers: auth });
    expect(one.json()).toEqual({ items: [{ limit: 100, tags: ["a", "b"] }], next: null });
  });
});

describe("authentication", () => {
  it.each([
    ["no token", {}],
    ["a wrong token", { authorization: "Bearer wrong" }],
    ["another scheme", { authorization: `Basic ${token}` }],
    ["an absurdly long token", { authorization: `Bearer ${"x".repeat(10_000)}` }],
  ])("refuses %s", async (_name, headers: Record<string, string>) => {
    const http = await withThings();
    const answer = await http.inject({ url: "/api/v1/things", headers });
    expect(answer.json()).toMatchObject({ status: 401, code: "unauthenticated" });
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="headwater"');
  });

  it("is asked before the body is looked at", async () => {
    const http = await withThings();
    const answer = await http.inject({ method: "POST", url: "/api/v1/things", payload: { nonsense: true } });
    expect(answer.statusCode).toBe(401);
  });

  it("tells the route who asks, and refuses a token without the scope", async () => {
    const http = await withThings();
    const admin = await http.inject({ url: "/api/v1/things/a", headers: auth });
    expect(admin.json()).toEqual({ who: "admin" });
    const limited = await withThings({
      auth: { authenticate: () => Promise.resolve({ id: "reader", scopes: ["others:read"] }) },
    });
    const answer = await limited.inject({ url: "/api/v1/things/a", headers: auth });
    expect(answer.json()).toMatchObject({ status: 403, code: "forbidden" });
  });

  it("guards metrics, but not health and the API's description", async () => {
    const http = await withThings();
    expect((await http.inject({ url: "/metrics" })).statusCode).toBe(401);
    expect((await http.inject({ url: "/health/live" })).json()).toEqual({ status: "live" });
    expect((await http.inject({ url: "/api/v1/openapi.json" })).statusCode).toBe(200);
    const collected = await withThings({ metricsAuth: metricsTokenAuth("collector") });
    const collector = { authorization: "Bearer collector" };
    expect((await collected.inject({ url: "/metrics", headers: collector })).statusCode).toBe(200);
    expect((await collected.inject({ url: "/metrics", headers: auth })).statusCode).toBe(200);
    expect((await collected.inject({ url: "/api/v1/things", headers: collector })).statusCode).toBe(401);
    const openMetrics = await server({ publicMetrics: true });
    expect((await openMetrics.inject({ url: "/metrics" })).statusCode).toBe(200);
  });
});

describe("an error in a handler", () => {
  it("answers as its type says", async () => {
    const http = await server();
    http.app.get("/conflict", async () => {
      throw new ConflictError("Somebody was first; read it again", { details: { revision: 3 } });
    });
    http.app.get("/away", async () => {
      throw new LogUnavailableError("The log is away", { retryAfterMs: 2500 });
    });
    const conflict = await http.inject({ url: "/conflict", headers: auth });
    expect(conflict.json()).toMatchObject({
      status: 409,
      code: "conflict",
      detail: "Somebody was first; read it again",
      details: { revision: 3 },
    });
    const away = await http.inject({ url: "/away", headers: auth });
    expect([away.statusCode, away.headers["retry-after"], away.json().code]).toEqual([503, "3", "log-unavailable"]);
  });

  it("that nobody expected is logged, and tells the caller nothing of the inside", async () => {
    const lines: string[] = [];
    const http = await server({
      logger: createLogger({ component: "test", destination: { write: (line) => lines.push(line) } }),
    });
    http.app.get("/bug", { schema: { response: { 500: Type.Object({ other: Type.String() }) } } }, async () => {
      throw new TypeError("the inside of it");
    });
    const answer = await http.inject({ url: "/bug", headers: auth });
    expect(answer.json()).toMatchObject({ status: 500, code: "internal" });
    expect(answer.body).not.toContain("the inside of it");
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0]!);
    expect(line).toMatchObject({ level: "error", route: "/bug", err: { message: "the inside of it" } });
    expect(answer.json().instance).toBe(`urn:headwater:request:${line.requestId}`);
  });
});

describe("status", () => {
  it("is not ready while there are reasons, and names them", async () => {
    let reasons = ["event log: away"];
    const http = await server({ readiness: () => reasons });
    const before = await http.inject({ url: "/health/ready" });
    expect([before.statusCode, before.json()]).toEqual([503, { status: "not-ready", reasons: ["event log: away"] }]);
    reasons = [];
    expect((await http.inject({ url: "/health/ready" })).json()).toEqual({ status: "ready" });
  });

  it("describes the API in OpenAPI 3.1, public routes without security", async () => {
    const http = await withThings();
    http.app.get("/list", { schema: { response: { 200: pageSchema(thing) } } }, async () => ({
      items: [],
      next: null,
    }));
    const api = (await http.inject({ url: "/api/v1/openapi.json" })).json();
    expect(api).toMatchObject({
      openapi: "3.1.0",
      info: { title: "Test" },
      security: [{ token: [] }, { session: [] }],
    });
    expect(api.info.description).toContain("| 401 | `unauthenticated` |");
    expect(
      api.paths["/api/v1/things"].post.requestBody.content["application/json"].schema.properties.size.maximum,
    ).toBe(10);
    const scopes = ["things:read"];
    expect(api.paths["/api/v1/things/{id}"].get.security).toEqual([{ token: scopes }, { session: scopes }]);
    expect(api.paths["/api/v1/things"].get.security).toEqual([{ token: ["admin"] }, { session: ["admin"] }]);
    expect(api.paths["/health/live"].get.security).toEqual([]);
    expect(api.paths["/list"].get.responses["404"]).toEqual({ $ref: "#/components/responses/Problem" });
    expect(Object.keys(api.components.responses.Problem.content)).toEqual(["application/problem+json"]);
    expect(api.components.schemas.Problem.properties.code).toBeDefined();
    expect(api.paths["/list"].get.responses["200"]).toBeDefined();
  });

  it("counts requests by the route's pattern", async () => {
    const http = await withThings({ publicMetrics: true });
    await http.inject({ url: "/api/v1/things/a", headers: auth });
    await http.inject({ url: "/api/v1/things/b", headers: auth });
    await http.inject({ url: "/no/such/path" });
    const { body } = await http.inject({ url: "/metrics" });
    expect(body).toContain(
      'headwater_http_requests_total{method="GET",route="/api/v1/things/:id",status="200",service="test"} 2',
    );
    expect(body).toContain('headwater_http_requests_total{method="GET",route="none",status="404",service="test"} 1');
  });
});

describe("listening", () => {
  it("says in one line which setting to change when the port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, "127.0.0.1", resolve);
    });
    const { port } = other.address() as { port: number };
    const http = await server({ port });
    await expect(http.listen()).rejects.toThrow(
      new ResourceError(
        `HTTP port ${port} on 127.0.0.1 is in use; stop what listens there or set HEADWATER_HTTP_PORT to a free port`,
      ),
    );
    other.close();
  });

  it("cuts off a body that is too large instead of reading all of it", async () => {
    const http = await withThings();
    const { port } = await http.listen();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = httpRequest({
        port,
        path: "/api/v1/things",
        method: "POST",
        headers: { ...auth, "content-type": "application/json", "content-length": 10 * 1024 * 1024 },
      });
      sent.on("response", (answer) => resolve(answer.statusCode));
      sent.on("error", reject);
      sent.write("x");
    });
    expect(status).toBe(413);
  });

  it("while it closes, finishes what is under way", async () => {
    const http = await server({ drainMs: 60_000 });
    let finish!: () => void;
    const slow = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let begin!: () => void;
    const began = new Promise<void>((resolve) => {
      begin = resolve;
    });
    http.app.get("/slow", { config: { public: true } }, async () => {
      begin();
      await slow;
      return "done";
    });
    const { port } = await http.listen();
    const socket = connect(port, "127.0.0.1");
    let answers = "";
    socket.on("data", (chunk) => (answers += String(chunk)));
    const ended = new Promise((resolve) => {
      socket.on("close", resolve);
    });
    socket.write("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n");
    await began;
    const closed = http.close();
    finish();
    await closed;
    await ended;
    expect(answers).toMatch(/^HTTP\/1.1 200 OK/);
    expect(answers).toContain("done");
  });

  it("ends streams by `closing`, idle connections at once, and what hangs after the time to drain", async () => {
    const brief = await server({ drainMs: 50 });
    const patient = await server({ drainMs: 30_000 });
    let told = false;
    brief.closing.addEventListener("abort", () => (told = true));
    const closed = (socket: Socket) => new Promise((resolve) => socket.on("error", () => {}).on("close", resolve));
    /** A connection whose request is never answered. */
    const hangingOn = async (http: HttpServer) => {
      const asked = new Promise<void>((resolve) => {
        http.app.get("/hang", { config: { public: true } }, () => {
          resolve();
          return new Promise(() => {});
        });
      });
      const { port } = await http.listen();
      const socket = connect(port, "127.0.0.1");
      socket.write("GET /hang HTTP/1.1\r\nhost: x\r\n\r\n");
      await asked;
      return { socket, port };
    };
    const { socket: hanging, port } = await hangingOn(brief);
    const { socket: borne } = await hangingOn(patient);
    const idle = connect(port, "127.0.0.1");
    await once(idle, "connect");
    const ended = Promise.all([idle, hanging].map(closed));
    let isBorne = true;
    const patientClosed = patient.close().then(() => (isBorne = false));
    await brief.close();
    await ended;
    expect(told).toBe(true);
    expect(isBorne).toBe(true);
    borne.destroy();
    await patientClosed;
  });
});
