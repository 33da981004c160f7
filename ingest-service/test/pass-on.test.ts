import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Asked, bearer, PassOnScene, token } from "./pass-on-scene.ts";

let scene: PassOnScene;
beforeEach(async () => {
  scene = await PassOnScene.start();
});
afterEach(() => scene.close());

/** A request as it stands, byte for byte; resolves with all of the answer. */
async function raw(lines: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(scene.url).port), "127.0.0.1");
  // Not ended: a server takes a client that has said all for one that has gone.
  socket.write([...lines, "connection: close", "", ""].join("\r\n"));
  return text(socket);
}

describe("what is asked of another service", () => {
  it("arrives as it was sent, and its answer too", async () => {
    scene.answer = (_request, response) => {
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
    const got = await fetch(`${scene.url}/api/v1/rules/a%20b?after=t%2F0%2F1&x=%C3%A4&x=2`, {
      ...{ method: "PUT", body: "id: a b # ä\n", headers: { ...sent, origin: "https://elsewhere.example" } },
    });
    expect(got.status).toBe(201);
    expect(await got.text()).toBe("id: a b\n");
    expect(got.headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2; Path=/"]);
    expect(Object.fromEntries(got.headers)).toMatchObject({
      ...{ etag: '"7"', location: "/api/v1/rules/a%20b", "retry-after": "9", "content-type": "application/yaml" },
    });
    const [{ method, url: path, headers, body }] = scene.asked as [Asked];
    expect({ method, path, body }).toEqual({
      ...{ method: "PUT", path: "/api/v1/rules/a%20b?after=t%2F0%2F1&x=%C3%A4&x=2", body: "id: a b # ä\n" },
    });
    expect(headers).toMatchObject({ ...sent, origin: "https://elsewhere.example", host: new URL(scene.url).host });
  });

  it("is every path of that service and no other", async () => {
    const paths = ["rules", "rules/a/revisions", "alerts?state=open", "alerts/1/why", "backtests/b", "maintenance/m"];
    for (const path of paths) {
      expect((await fetch(`${scene.url}/api/v1/${path}`, { headers: bearer })).status, path).toBe(200);
    }
    expect(scene.asked.map((each) => each.url)).toEqual(paths.map((path) => `/api/v1/${path}`));
    for (const path of ["gateway/spool", "rulesets", "tokens", "alertsx/1", "../metrics"]) {
      expect((await fetch(`${scene.url}/api/v1/${path}`, { headers: bearer })).status, path).not.toBe(200);
    }
    expect(scene.asked).toHaveLength(paths.length);
  });

  it("never is another address, another path or another host", async () => {
    const other = await scene.startUpstream();
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
    expect(scene.asked).toEqual([]);
    scene.answer = (request, response) => response.end(`from ${request.socket.localPort}`);
    const elsewhere = `127.0.0.1:${otherPort}`;
    for (const target of ["/api/v1/rules", `http://${elsewhere}/api/v1/rules`]) {
      const got = await raw([`GET ${target} HTTP/1.1`, `host: ${elsewhere}`, `authorization: Bearer ${token}`]);
      expect(got, target).toContain(`from ${scene.port}`);
    }
    expect(scene.asked.map((each) => each.url)).toEqual(["/api/v1/rules", "/api/v1/rules"]);
  });

  it("loses what is about a connection alone, in both directions", async () => {
    scene.answer = (_request, response) => {
      response.setHeader("connection", "x-own, close").setHeader("x-own", "1").setHeader("keep-alive", "timeout=1");
      response.setHeader("proxy-authenticate", "Basic").setHeader("x-kept", "1").end("{}");
    };
    const got = await raw([
      ...["GET /api/v1/alerts HTTP/1.1", "host: localhost", `authorization: Bearer ${token}`],
      ...["te: trailers", "proxy-authorization: Basic YTpi", "x-private: 1", "connection: x-private", "x-kept: 1"],
    ]);
    expect(got).toMatch(/\r\nx-kept: 1\r\n/);
    expect(got).not.toMatch(/x-own|proxy-authenticate|timeout=1/);
    const [{ headers }] = scene.asked as [Asked];
    expect(headers).toMatchObject({ "x-kept": "1" });
    for (const name of ["te", "proxy-authorization", "x-private"]) expect(headers[name], name).toBeUndefined();
  });

  it("needs a token or a session that is known here, and a page of this address", async () => {
    const writing = { method: "POST", headers: { cookie: `headwater-session-${new URL(scene.url).port}=s1` } };
    const cases: readonly (readonly [number, RequestInit])[] = [
      [401, {}],
      [401, { headers: { authorization: "Bearer another" } }],
      [403, { ...writing, headers: { ...writing.headers, "sec-fetch-site": "cross-site" } }],
    ];
    for (const [status, init] of cases) {
      expect((await fetch(`${scene.url}/api/v1/alerts/1/clear`, { method: "POST", ...init })).status).toBe(status);
    }
    expect(await raw(["GET /api/v1/rules HTTP/1.1", "host: elsewhere.example"])).toMatch(/^HTTP\/1\.1 421/);
    expect(scene.asked).toEqual([]);
    const own = { ...writing, headers: { ...writing.headers, "sec-fetch-site": "same-origin" } };
    expect((await fetch(`${scene.url}/api/v1/alerts/1/clear`, own)).status).toBe(200);
    expect(scene.asked[0]?.headers).toMatchObject({ cookie: writing.headers.cookie, host: new URL(scene.url).host });
  });

  it("has a limit of its body here, packed or not", async () => {
    const large = Buffer.alloc(9 * 1024 * 1024, "a");
    const headers = { ...bearer, "content-type": "application/yaml" };
    const plain = await fetch(`${scene.url}/api/v1/rules`, { method: "POST", headers, body: large });
    expect(plain.status).toBe(413);
    const packed = { ...headers, "content-encoding": "gzip" };
    const init = { method: "POST", headers: packed, body: gzipSync(large) };
    expect((await fetch(`${scene.url}/api/v1/rules`, init)).status).toBe(413);
    expect(scene.asked).toEqual([]);
    const small = await fetch(`${scene.url}/api/v1/rules`, {
      method: "POST",
      headers: packed,
      body: gzipSync("id: a"),
    });
    expect(small.status).toBe(200);
    expect(scene.asked.map(({ body, headers: got }) => [body, got["content-encoding"]])).toEqual([
      ["id: a", undefined],
    ]);
  });

  it("is answered with 304, to a HEAD and without a body as there", async () => {
    scene.answer = (request, response) => {
      response.setHeader("etag", '"3"').setHeader("content-type", "application/json");
      if (request.headers["if-none-match"] === '"3"') response.writeHead(304).end();
      else if (request.method === "DELETE") response.writeHead(204).end();
      else response.setHeader("content-length", "2").end(request.method === "HEAD" ? undefined : "{}");
    };
    const ask = (method: string, more = {}) =>
      fetch(`${scene.url}/api/v1/rules/a`, { method, headers: { ...bearer, ...more } });
    const known = await ask("GET", { "if-none-match": '"3"' });
    expect([known.status, known.headers.get("etag"), await known.text()]).toEqual([304, '"3"', ""]);
    const head = await ask("HEAD");
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "2", ""]);
    expect((await ask("DELETE")).status).toBe(204);
    expect(scene.asked.map(({ method }) => method)).toEqual(["GET", "HEAD", "DELETE"]);
  });

  it("keeps the packing that the other service chose", async () => {
    const long = JSON.stringify("a".repeat(5_000));
    scene.answer = (request, response) => {
      const packs = request.url!.includes("packed");
      response.setHeader("content-type", "application/json");
      if (packs) response.setHeader("content-encoding", "gzip");
      response.end(packs ? gzipSync(long) : long);
    };
    const ask = async (path: string) => {
      const call = httpRequest(`${scene.url}${path}`, { headers: { ...bearer, "accept-encoding": "gzip" } }).end();
      const [response] = (await once(call, "response")) as [IncomingMessage];
      return { coding: response.headers["content-encoding"], body: Buffer.concat(await response.toArray()) };
    };
    const packed = await ask("/api/v1/rules/packed");
    expect([packed.coding, gunzipSync(packed.body).toString()]).toEqual(["gzip", long]);
    expect(await ask("/api/v1/rules/plain")).toEqual({ coding: undefined, body: Buffer.from(long) });
  });

  it("says what to do when nobody answers, and works again with the service", async () => {
    scene.upstream.closeAllConnections();
    await new Promise((resolve) => scene.upstream.close(resolve));
    const headers = { ...bearer, "content-type": "application/json" };
    for (const init of [{ headers }, { method: "POST", headers, body: "{}" }]) {
      const got = await fetch(`${scene.url}/api/v1/rules`, init);
      expect(got.status).toBe(503);
      expect(Number(got.headers.get("retry-after"))).toBeGreaterThan(0);
      const problem = (await got.json()) as { code: string; detail: string };
      expect(problem.code).toBe("service-away");
      expect(problem.detail).toContain("HEADWATER_INGEST_RULES_URL");
    }
    await scene.startUpstream(scene.port);
    expect((await fetch(`${scene.url}/api/v1/rules`, { headers })).status).toBe(200);
  });

  it("is not said to have failed when it may have been done", async () => {
    scene.answer = (request) => request.socket.destroy();
    const ask = async (method: string) => {
      const got = await fetch(`${scene.url}/api/v1/rules`, { method, headers: bearer });
      return [got.status, ((await got.json()) as { code: string }).code];
    };
    expect(await ask("POST")).toEqual([503, "unknown-outcome"]);
    expect(scene.asked).toHaveLength(1);
    expect(await ask("GET")).toEqual([503, "service-away"]);
  });

  it("does not go round where an address leads back", async () => {
    const own = Number(new URL(scene.url).port);
    const round = await scene.startIngest([{ name: "rules", origin: `http://127.0.0.1:${own}`, prefix: "" }]);
    expect(round).not.toBe(scene.ingest);
    await new Promise((resolve) => scene.upstream.close(resolve).closeAllConnections());
    // The first one's rules service is now the second one, whose rules service is the first.
    await startRelay(scene.port, Number(new URL(scene.url).port));
    const got = await fetch(`${scene.url}/api/v1/rules`, { headers: bearer });
    expect([got.status, ((await got.json()) as { code: string }).code]).toEqual([508, "forwarding-loop"]);
  });
});

async function startRelay(from: number, to: number): Promise<void> {
  const relay = createServer((socket) => {
    const other = connect(to, "127.0.0.1");
    socket.pipe(other).pipe(socket);
    for (const each of [socket, other])
      each.on("error", () => {}).on("close", () => (socket.destroy(), other.destroy()));
  });
  relay.listen(from, "127.0.0.1");
  await once(relay, "listening");
  scene.open.push(() => void relay.close());
}
