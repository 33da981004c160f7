import { Type } from "@sinclair/typebox";
import { request as httpRequest } from "node:http";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ConflictError, ResourceError } from "@headwater/core";
import { LogUnavailableError } from "@headwater/event-log";
import { createLogger } from "../log/index.ts";
import { type HttpServer, metricsTokenAuth, pageSchema } from "./index.ts";
import { adminToken as token, auth, closeServers, thing, testServer, withThings } from "../../test/http-servers.ts";

afterEach(closeServers);

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
    const openMetrics = await testServer({ publicMetrics: true });
    expect((await openMetrics.inject({ url: "/metrics" })).statusCode).toBe(200);
  });
});

describe("an error in a handler", () => {
  it("answers as its type says", async () => {
    const http = await testServer();
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
    const http = await testServer({
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
    const http = await testServer({ readiness: () => reasons });
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
    const http = await testServer({ port });
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
    const http = await testServer({ drainMs: 60_000 });
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
    const brief = await testServer({ drainMs: 50 });
    const patient = await testServer({ drainMs: 30_000 });
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
