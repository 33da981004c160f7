import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "@headwater/core";
import { createMetrics } from "../metrics/index.ts";
import { adminTokenAuth, createHttpServer, type HttpServer } from "./index.ts";

const document = "<!doctype html><title>Headwater</title>";
const script = "console.log('page')";
let folder: string;
let http: HttpServer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-page-"));
  mkdirSync(join(folder, "assets"));
});
afterEach(async () => {
  await http.close();
  rmSync(folder, { recursive: true });
});

async function serve(): Promise<HttpServer> {
  http = await createHttpServer({
    logger: silentLogger,
    metrics: createMetrics({ service: "test", processMetrics: false }),
    auth: adminTokenAuth("a-token-of-the-administrator-of-32+"),
    host: "127.0.0.1",
    port: 0,
    title: "Test",
    readiness: () => [],
    pageFolder: folder,
  });
  http.app.get("/api/v1/things/:id", { schema: {} }, async () => ({}));
  return http;
}

async function serveBuilt(): Promise<HttpServer> {
  writeFileSync(join(folder, "index.html"), document);
  writeFileSync(join(folder, "assets/index-abc.js"), script);
  writeFileSync(join(folder, "assets/index-abc.js.br"), brotliCompressSync(script));
  writeFileSync(join(folder, "assets/index-abc.js.gz"), gzipSync(script));
  return serve();
}

const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "accept-encoding": "gzip, deflate, br" };

describe("the web page", () => {
  it.each(["/", "/alerts", "/devices/boiler.1", "/devices/%C3%A4?from=-1h", "/index.html"])(
    "is the same document at %s, which runs no script but the page's own",
    async (url) => {
      const answer = await (await serveBuilt()).inject({ url, headers: browser });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toBe(document);
      expect(answer.headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
      });
      const policy = String(answer.headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
    },
  );

  it.each([
    ["gzip, deflate, br", "br", brotliCompressSync(script)],
    ["gzip", "gzip", gzipSync(script)],
    ["br;q=0, gzip", "gzip", gzipSync(script)],
    [undefined, undefined, Buffer.from(script)],
  ])("has files in the form that is taken (%s): %s, for ever", async (encoding, coding, bytes) => {
    const headers = encoding === undefined ? {} : { "accept-encoding": encoding };
    const answer = await (await serveBuilt()).inject({ url: "/assets/index-abc.js", headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-encoding"]).toBe(coding);
    expect(answer.rawPayload.equals(bytes)).toBe(true);
    expect(answer.headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    });
  });

  it("is not sent again to who has it", async () => {
    const server = await serveBuilt();
    const { etag } = (await server.inject({ url: "/", headers: browser })).headers;
    const again = await server.inject({ url: "/", headers: { ...browser, "if-none-match": `"x", W/${String(etag)}` } });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
    expect(again.headers["content-security-policy"]).toBeDefined();
  });

  it("names what its scripts ask for first, so that a browser asks while it loads them", async () => {
    writeFileSync(
      join(folder, "preload.json"),
      JSON.stringify({ "/": ["/api/v1/a", "/api/v1/b?c=1"], "*": ["/api/v1/a"] }),
    );
    const server = await serveBuilt();
    const linksOf = async (url: string): Promise<unknown> =>
      (await server.inject({ url, headers: browser })).headers.link;
    const a = "</api/v1/a>; rel=preload; as=fetch; crossorigin";
    expect(await linksOf("/")).toBe(`${a}, </api/v1/b?c=1>; rel=preload; as=fetch; crossorigin`);
    expect(await linksOf("/?q=a")).toBe(a);
    const headers = { ...browser, cookie: "x=y; headwater-elsewhere=1" };
    expect((await server.inject({ url: "/", headers })).headers.link).toBe(a);
    expect(await linksOf("/alerts")).toBe(a);
    expect(await linksOf("/assets/index-abc.js")).toBeUndefined();
    expect(
      (await server.inject({ url: "/preload.json", headers: { accept: "*/*" } })).headers["content-type"],
    ).not.toBe("application/json");
  });

  it("answers HEAD with the head alone", async () => {
    const { url } = await (await serveBuilt()).listen();
    const answer = await fetch(`${url}/`, { method: "HEAD" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    expect(answer.headers.get("content-length")).toBe(String(document.length));
  });

  it.each([
    ["GET", "/api/v1/nothing", 404],
    ["GET", "/api", 404],
    ["GET", "/health/nothing", 404],
    ["GET", "/assets/index-old.js", 404],
    ["GET", "/assets/..%2f..%2fetc/passwd", 404],
    ["POST", "/alerts", 404],
    ["DELETE", "/api/v1/things/a", 405],
  ] as const)("leaves %s %s to the API, which answers %i in JSON", async (method, url, status) => {
    const answer = await (await serveBuilt()).inject({ method, url, headers: browser });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  });

  it("is no answer to a program that asks for JSON", async () => {
    const answer = await (await serveBuilt()).inject({ url: "/devices", headers: { accept: "application/json" } });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: "not-found" });
  });

  it("says how it is built, where it is not", async () => {
    rmSync(folder, { recursive: true });
    const answer = await (await serve()).inject({ url: "/", headers: browser });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ detail: "The web page is not built here: `npm run build`" });
    mkdirSync(folder);
  });
});
