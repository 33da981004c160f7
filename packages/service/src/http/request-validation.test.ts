import { randomBytes } from "node:crypto";
import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { auth, closeServers, withThings } from "../../test/http-servers.ts";

afterEach(closeServers);

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
