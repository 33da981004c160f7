import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "@headwater/core";
import { type Authenticator, createHttpServer, createMetrics, type HttpServer } from "@headwater/service";
import { passOn } from "../src/upstreams/pass-on.ts";
import { servicesRoute } from "../src/upstreams/services-route.ts";
import type { Upstream } from "../src/upstreams/upstream.ts";

const token = "a-token-of-the-administrator-of-32+";
const bearer = { authorization: `Bearer ${token}` };
const auth: Authenticator = {
  authenticate: (given) => Promise.resolve(given === token ? { id: "admin", scopes: ["*"] } : undefined),
  ofSession: (secret) => Promise.resolve(secret === "s1" ? { id: "ann", scopes: ["rules:read"] } : undefined),
};

interface Asked extends Pick<IncomingMessage, "method" | "url" | "headers"> {
  readonly body: string;
}

const open: (() => Promise<unknown> | void)[] = [];
let asked: Asked[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => unknown;
let port: number;
let ingest: HttpServer;
let url: string;

async function startUpstream(at = 0): Promise<Server> {
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    void text(request).then((body) => {
      asked.push({ method, url: path, headers, body });
      answer(request, response);
    });
  });
  server.listen(at, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

async function startIngest(upstreams: readonly Upstream[]): Promise<HttpServer> {
  const http = await createHttpServer({
    ...{ logger: silentLogger, auth, metrics: createMetrics({ service: "test", processMetrics: false }) },
    ...{ host: "127.0.0.1", port: 0, title: "Test", readiness: () => [], hosts: [], drainMs: 100 },
  });
  passOn({ http, upstreams, logger: silentLogger });
  servicesRoute(http.app, { here: ["ingest"], upstreams });
  ({ url } = await http.listen());
  open.push(() => http.close());
  return http;
}

let upstream: Server;

beforeEach(async () => {
  asked = [];
  answer = (_request, response) => response.setHeader("content-type", "application/json").end('{"well":true}');
  upstream = await startUpstream();
  ({ port } = upstream.address() as AddressInfo);
  ingest = await startIngest([{ name: "rules", origin: `http://127.0.0.1:${port}`, prefix: "" }]);
});

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A request as it stands, byte for byte; resolves with all of the answer. */
async function raw(lines: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  // Not ended: a server takes a client that has said all for one that has gone.
  socket.write([...lines, "connection: close", "", ""].join("\r\n"));
  return text(socket);
}

describe("what is asked of another service", () => {
  it("arrives as it was sent, and its answer too", async () => {
    answer = (_request, response) => {
      response.statusCode = 201;
      response.setHeader("set-cookie", ["a=1; Path=/", "b=2; Path=/"]);
      response.setHeader("etag", '"7"').setHeader("location", "/api/v1/rules/a%20b").setHeader("retry-after", "9");
      response.setHeader("content-type", "application/yaml").end("id: a b\n");
    };
    const sent = {
      ...bearer,
      "content-type": "application/yaml",
      "if-match": '"6"',
      "idempotency-key": "k1",
      cookie: "x=y",
    };
    const got = await fetch(`${url}/api/v1/rules/a%20b?after=t%2F0%2F1&x=%C3%A4&x=2`, {
      ...{ method: "PUT", body: "id: a b # ä\n", headers: { ...sent, origin: "https://elsewhere.example" } },
    });
    expect(got.status).toBe(201);
    expect(await got.text()).toBe("id: a b\n");
    expect(got.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2; Path=/"]);
    expect(Object.fromEntries(got.headers)).toMatchObject({
      ...{ etag: '"7"', location: "/api/v1/rules/a%20b", "retry-after": "9", "content-type": "application/yaml" },
    });
    const [{ method, url: path, headers, body }] = asked as [Asked];
    expect({ method, path, body }).toEqual({
      ...{ method: "PUT", path: "/api/v1/rules/a%20b?after=t%2F0%2F1&x=%C3%A4&x=2", body: "id: a b # ä\n" },
    });
    expect(headers).toMatchObject({ ...sent, origin: "https://elsewhere.example", host: new URL(url).host });
  });

  it("is every path of that service and no other", async () => {
    const paths = ["rules", "rules/a/revisions", "alerts?state=open", "alerts/1/why", "backtests/b", "maintenance/m"];
    for (const path of paths) {
      expect((await fetch(`${url}/api/v1/${path}`, { headers: bearer })).status, path).toBe(200);
    }
    expect(asked.map((each) => each.url)).toEqual(paths.map((path) => `/api/v1/${path}`));
    for (const path of ["gateway/spool", "rulesets", "tokens", "alertsx/1", "../metrics"]) {
      expect((await fetch(`${url}/api/v1/${path}`, { headers: bearer })).status, path).not.toBe(200);
    }
    expect(asked).toHaveLength(paths.length);
  });

  it("never is another address, another path or another host", async () => {
    const other = await startUpstream();
    const { port: otherPort } = other.address() as AddressInfo;
    const targets = [
      `//127.0.0.1:${otherPort}/api/v1/rules`,
      `/api/v1/rules/../../../metrics`,
      `/api/v1/rules/..%2f..%2f..%2fmetrics`,
      `/api/v1/rules/%2e%2e/%2e%2e/metrics`,
      String.raw`/api/v1/rules/..\..\metrics`,
      `/api/v1/rules@127.0.0.1:${otherPort}/`,
    ];
    for (const target of targets) {
      const got = await raw([`GET ${target} HTTP/1.1`, "host: 127.0.0.1", `authorization: Bearer ${token}`]);
      expect(got, target).not.toMatch(/^HTTP\/1\.1 (?:200|500)/);
    }
    expect(asked).toEqual([]);
    answer = (request, response) => response.end(`from ${request.socket.localPort}`);
    const elsewhere = `127.0.0.1:${otherPort}`;
    for (const target of ["/api/v1/rules", `http://${elsewhere}/api/v1/rules`]) {
      const got = await raw([`GET ${target} HTTP/1.1`, `host: ${elsewhere}`, `authorization: Bearer ${token}`]);
      expect(got, target).toContain(`from ${port}`);
    }
    expect(asked.map((each) => each.url)).toEqual(["/api/v1/rules", "/api/v1/rules"]);
  });

  it("loses what is about a connection alone, in both directions", async () => {
    answer = (_request, response) => {
      response.setHeader("connection", "x-own, close").setHeader("x-own", "1").setHeader("keep-alive", "timeout=1");
      response.setHeader("proxy-authenticate", "Basic").setHeader("x-kept", "1").end("{}");
    };
    const got = await raw([
      ...["GET /api/v1/alerts HTTP/1.1", "host: localhost", `authorization: Bearer ${token}`],
      ...["te: trailers", "proxy-authorization: Basic YTpi", "x-private: 1", "connection: x-private", "x-kept: 1"],
    ]);
    expect(got).toMatch(/\r\nx-kept: 1\r\n/);
    expect(got).not.toMatch(/x-own|proxy-authenticate|timeout=1/);
    const [{ headers }] = asked as [Asked];
    expect(headers).toMatchObject({ "x-kept": "1" });
    for (const name of ["te", "proxy-authorization", "x-private"]) expect(headers[name], name).toBeUndefined();
  });

  it("needs a token or a session that is known here, and a page of this address", async () => {
    const writing = { method: "POST", headers: { cookie: `headwater-session-${new URL(url).port}=s1` } };
    const cases: readonly (readonly [number, RequestInit])[] = [
      [401, {}],
      [401, { headers: { authorization: "Bearer another" } }],
      [403, { ...writing, headers: { ...writing.headers, "sec-fetch-site": "cross-site" } }],
    ];
    for (const [status, init] of cases) {
      expect((await fetch(`${url}/api/v1/alerts/1/clear`, { method: "POST", ...init })).status).toBe(status);
    }
    expect(await raw(["GET /api/v1/rules HTTP/1.1", "host: elsewhere.example"])).toMatch(/^HTTP\/1\.1 421/);
    expect(asked).toEqual([]);
    const own = { ...writing, headers: { ...writing.headers, "sec-fetch-site": "same-origin" } };
    expect((await fetch(`${url}/api/v1/alerts/1/clear`, own)).status).toBe(200);
    expect(asked[0]?.headers).toMatchObject({ cookie: writing.headers.cookie, host: new URL(url).host });
  });

  it("has a limit of its body here, packed or not", async () => {
    const large = Buffer.alloc(9 * 1024 * 1024, "a");
    const headers = { ...bearer, "content-type": "application/yaml" };
    const plain = await fetch(`${url}/api/v1/rules`, { method: "POST", headers, body: large });
    expect(plain.status).toBe(413);
    const packed = { ...headers, "content-encoding": "gzip" };
    const init = { method: "POST", headers: packed, body: gzipSync(large) };
    expect((await fetch(`${url}/api/v1/rules`, init)).status).toBe(413);
    expect(asked).toEqual([]);
    const small = await fetch(`${url}/api/v1/rules`, { method: "POST", headers: packed, body: gzipSync("id: a") });
    expect(small.status).toBe(200);
    expect(asked.map(({ body, headers: got }) => [body, got["content-encoding"]])).toEqual([["id: a", undefined]]);
  });

  it("is answered with 304, to a HEAD and without a body as there", async () => {
    answer = (request, response) => {
      response.setHeader("etag", '"3"').setHeader("content-type", "application/json");
      if (request.headers["if-none-match"] === '"3"') response.writeHead(304).end();
      else if (request.method === "DELETE") response.writeHead(204).end();
      else response.setHeader("content-length", "2").end(request.method === "HEAD" ? undefined : "{}");
    };
    const ask = (method: string, more = {}) =>
      fetch(`${url}/api/v1/rules/a`, { method, headers: { ...bearer, ...more } });
    const known = await ask("GET", { "if-none-match": '"3"' });
    expect([known.status, known.headers.get("etag"), await known.text()]).toEqual([304, '"3"', ""]);
    const head = await ask("HEAD");
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "2", ""]);
    expect((await ask("DELETE")).status).toBe(204);
    expect(asked.map(({ method }) => method)).toEqual(["GET", "HEAD", "DELETE"]);
  });

  it("keeps the packing that the other service chose", async () => {
    const long = JSON.stringify("a".repeat(5_000));
    answer = (request, response) => {
      const packs = request.url!.includes("packed");
      response.setHeader("content-type", "application/json");
      if (packs) response.setHeader("content-encoding", "gzip");
      response.end(packs ? gzipSync(long) : long);
    };
    const ask = async (path: string) => {
      const call = httpRequest(`${url}${path}`, { headers: { ...bearer, "accept-encoding": "gzip" } }).end();
      const [response] = (await once(call, "response")) as [IncomingMessage];
      return { coding: response.headers["content-encoding"], body: Buffer.concat(await response.toArray()) };
    };
    const packed = await ask("/api/v1/rules/packed");
    expect([packed.coding, gunzipSync(packed.body).toString()]).toEqual(["gzip", long]);
    expect(await ask("/api/v1/rules/plain")).toEqual({ coding: undefined, body: Buffer.from(long) });
  });

  it("says what to do when nobody answers, and works again with the service", async () => {
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    const headers = { ...bearer, "content-type": "application/json" };
    for (const init of [{ headers }, { method: "POST", headers, body: "{}" }]) {
      const got = await fetch(`${url}/api/v1/rules`, init);
      expect(got.status).toBe(503);
      expect(Number(got.headers.get("retry-after"))).toBeGreaterThan(0);
      const problem = (await got.json()) as { code: string; detail: string };
      expect(problem.code).toBe("service-away");
      expect(problem.detail).toContain("HEADWATER_INGEST_RULES_URL");
    }
    await startUpstream(port);
    expect((await fetch(`${url}/api/v1/rules`, { headers })).status).toBe(200);
  });

  it("is not said to have failed when it may have been done", async () => {
    answer = (request) => request.socket.destroy();
    const ask = async (method: string) => {
      const got = await fetch(`${url}/api/v1/rules`, { method, headers: bearer });
      return [got.status, ((await got.json()) as { code: string }).code];
    };
    expect(await ask("POST")).toEqual([503, "unknown-outcome"]);
    expect(asked).toHaveLength(1);
    expect(await ask("GET")).toEqual([503, "service-away"]);
  });

  it("does not go round where an address leads back", async () => {
    const own = Number(new URL(url).port);
    const round = await startIngest([{ name: "rules", origin: `http://127.0.0.1:${own}`, prefix: "" }]);
    expect(round).not.toBe(ingest);
    await new Promise((resolve) => upstream.close(resolve).closeAllConnections());
    // The first one's rules service is now the second one, whose rules service is the first.
    await startRelay(port, Number(new URL(url).port));
    const got = await fetch(`${url}/api/v1/rules`, { headers: bearer });
    expect([got.status, ((await got.json()) as { code: string }).code]).toEqual([508, "forwarding-loop"]);
  });
});

async function startRelay(from: number, to: number): Promise<void> {
  const { createServer: createTcp } = await import("node:net");
  const relay = createTcp((socket) => {
    const other = connect(to, "127.0.0.1");
    socket.pipe(other).pipe(socket);
    for (const each of [socket, other])
      each.on("error", () => {}).on("close", () => (socket.destroy(), other.destroy()));
  });
  relay.listen(from, "127.0.0.1");
  await once(relay, "listening");
  open.push(() => void relay.close());
}

describe("a stream of events", () => {
  let ended: Promise<unknown>;
  let stream: ServerResponse;

  async function listen(signal?: AbortSignal) {
    const begun = new Promise<void>((resolve) => {
      answer = (_request, response) => {
        stream = response;
        ended = once(response, "close");
        response.setHeader("content-type", "text/event-stream").write("data: 1\n\n");
        resolve();
      };
    });
    const got = await fetch(`${url}/api/v1/backtests/b`, { headers: bearer, ...(signal !== undefined && { signal }) });
    await begun;
    const reader = got.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("data: 1\n\n");
    return reader;
  }

  it("arrives event by event", async () => {
    const reader = await listen();
    for (const event of ["data: 2\n\n", ": \n\n", "data: 3\n\n"]) {
      stream.write(event);
      expect((await reader.read()).value).toBe(event);
    }
    stream.end();
    expect((await reader.read()).done).toBe(true);
  });

  it("ends at the other service when its listener goes", async () => {
    const gone = new AbortController();
    await listen(gone.signal);
    gone.abort();
    await ended;
  });

  it("breaks off when the other service is killed, and may be opened again", async () => {
    const reader = await listen();
    stream.destroy();
    await expect(reader.read()).rejects.toThrow();
    await listen();
  });

  it("ends when this server stops", async () => {
    const reader = await listen();
    const closed = ingest.close();
    await expect(reader.read()).rejects.toThrow();
    await ended;
    await closed;
  });
});

describe("how the services are", () => {
  const services = async () =>
    ((await (await fetch(`${url}/api/v1/services`, { headers: bearer })).json()) as { items: unknown[] }).items;

  it("is what each says itself", async () => {
    answer = (_request, response) => {
      response.setHeader("content-type", "application/json");
      response.writeHead(503).end('{"status":"not-ready","reasons":["the read model is behind the log"]}');
    };
    expect(await services()).toEqual([
      { name: "ingest", here: true, state: "ready", reasons: [] },
      { name: "rules", here: false, state: "not-ready", reasons: ["the read model is behind the log"] },
      expect.objectContaining({ name: "gateway", here: false, state: "unknown" }),
    ]);
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    expect(await services()).toContainEqual(expect.objectContaining({ name: "rules", state: "away" }));
  });

  it("has the metrics of the others", async () => {
    answer = (request, response) => response.setHeader("content-type", "text/plain").end(`asked ${request.url}`);
    const got = await fetch(`${url}/api/v1/services/rules/metrics`, { headers: bearer });
    expect(await got.text()).toBe("asked /metrics");
    expect((await fetch(`${url}/api/v1/services/gateway/metrics`, { headers: bearer })).status).toBe(404);
  });
});
