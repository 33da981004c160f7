import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmbedded } from "../platform/embedded.ts";
import type { Platform } from "../platform/platform.ts";
import { ask } from "./ask.ts";

/** The same request written in another way is the same request, or none: nothing of it opens what else is closed. */

let platform: Platform;
let url: string;
let port: string;
let viewer: Record<string, string>;
let cookie: string;

beforeAll(async () => {
  platform = await openEmbedded();
  url = platform.addresses().find((address) => address.startsWith("http:"))!;
  ({ port } = new URL(url));
  const api = platform.ingest;
  await api.request("POST", "/api/v1/devices", { id: "kept" });
  const { token } = await api.request<{ token: string }>("POST", "/api/v1/tokens", {
    ...{ name: "viewer", scopes: ["viewer"] },
  });
  viewer = { authorization: `Bearer ${token}` };
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ token: platform.token });
  const signedIn = await fetch(`${url}/api/v1/session`, { method: "POST", headers, body });
  cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
});
afterAll(async () => {
  await platform.stop();
});

async function devices(): Promise<readonly string[]> {
  const { items } = await platform.ingest.call("GET", "/api/v1/devices", {});
  return items.map((device) => `${device.id} ${device.registered && device.revision}`);
}

const kept = "/api/v1/devices/kept";
const targets = [
  ...[
    kept,
    `${kept}/`,
    `${kept}//`,
    `/${kept}`,
    "/api//v1/devices/kept",
    "/api/v1/devices//kept",
    `${kept}?`,
    `${kept}#`,
  ],
  ...["/api/v1/%64evices/kept", "/%61pi/v1/devices/kept", "/api/v1/devices%2Fkept", "/api%2fv1/devices/kept"],
  ...["/API/v1/devices/kept", "/api/v1/Devices/kept", "/api/v1/devices/%6bept", "/api/v1/devices/kep%74"],
  ...[
    "/./api/v1/devices/kept",
    "/api/v1/../v1/devices/kept",
    "/health/../api/v1/devices/kept",
    "/health/%2e%2e/api/v1/devices/kept",
  ],
  ...["/api/v1/devices/kept;a=b", "/api/v1/devices;/kept", "/api/v1/devices/kept%00", "/api/v1/devices/kept%20"],
  ...["/health/live/..%2f..%2fapi/v1/devices/kept", "/assets/../api/v1/devices/kept"],
] as const;

describe("a path", () => {
  it.each([...targets, `http://localhost${kept}`, `http://elsewhere${kept}`])("%s opens nothing", async (target) => {
    const before = await devices();
    for (const method of ["GET", "HEAD", "DELETE", "PATCH"]) {
      const isWrite = method === "PATCH";
      // Who takes HTML is shown the page, wherever that is.
      const accept = "application/json";
      const headers = { accept, ...(isWrite && { "content-type": "application/merge-patch+json" }) };
      const question = { method, target, headers, ...(isWrite && { body: '{"tags":{"by":"nobody"}}' }) };
      const { status, text } = await ask(url, question);
      expect([400, 401, 404, 405, 421], `${method} by nobody`).toContain(status);
      expect(text).not.toContain("credentials");
      const isReading = method === "GET" || method === "HEAD";
      const seen = await ask(url, { ...question, headers: { ...headers, ...viewer } });
      expect(isReading ? [200, 400, 404] : [400, 403, 404, 405], `${method} by a viewer`).toContain(seen.status);
    }
    expect(await devices()).toEqual(before);
  });
});

describe("a method", () => {
  const names = ["x-http-method-override", "x-http-method", "x-method-override"];
  it.each(names)("is that of the request, whatever %s says", async (name) => {
    const before = await devices();
    const read = await ask(url, { method: "GET", target: kept, headers: { ...viewer, [name]: "DELETE" } });
    expect([read.status, (JSON.parse(read.text) as { id: string }).id]).toEqual([200, "kept"]);
    const headers = { ...viewer, "content-type": "application/json", [name]: "GET" };
    const written = await ask(url, { method: "POST", target: "/api/v1/devices", headers, body: '{"id":"made"}' });
    expect([written.status, written.code]).toEqual([403, "forbidden"]);
    const query = await ask(url, { method: "GET", target: `${kept}?_method=DELETE`, headers: viewer });
    expect(query.status).toBe(400);
    expect(await devices()).toEqual(before);
  });

  it.each(["OPTIONS", "TRACE", "PUT", "POST", "QUERY", "PROPFIND", "LINK"])("%s there is none of", async (method) => {
    for (const headers of [{}, viewer, { authorization: `Bearer ${platform.token}` }]) {
      const { status, text } = await ask(url, { method, target: kept, headers });
      expect([404, 405, 501]).toContain(status);
      expect(text).not.toContain("Bearer");
    }
  });
});

describe("a name in Host", () => {
  it.each([
    ["localhost", 200],
    ["LOCALHOST", 200],
    ["localhost.", 200],
    ["a.localhost", 200],
    ["127.0.0.1", 200],
    ["[::1]", 200],
    ["192.168.1.20", 200],
    ["evil.example", 421],
    ["localhost.evil.example", 421],
    ["evil.example#localhost", 421],
    ["evil.example@localhost", 421],
    ["localhost@evil.example", 421],
    ["127.0.0.1.evil.example", 421],
    ["[::1].evil.example", 421],
    ["[evil.example]", 421],
    ["evillocalhost", 421],
    ["localhost,evil.example", 421],
  ])("%s is answered %i", async (name, status) => {
    for (const host of [name, `${name}:${port}`]) {
      const asked = await ask(url, { method: "GET", target: "/health/live", headers: { host } });
      expect(asked.status, host).toBe(status);
    }
  });

  it("that is not the server's opens nothing to who only says something of a token", async () => {
    const host = "evil.example";
    for (const authorization of ["x", "Bearer x", "Basic Og==", "Bearer", ""]) {
      for (const target of ["/health/ready", "/api/v1", "/api/v1/openapi.json", "/", "/api/v1/session/oidc"]) {
        const headers = { host, authorization, accept: "text/html, application/json" };
        const { status } = await ask(url, { method: "GET", target, headers });
        expect(status, `${target} with ${authorization}`).toBe(421);
      }
      const headers = { host, authorization, "content-type": "application/json" };
      const body = JSON.stringify({ token: platform.token });
      const signedIn = await ask(url, { method: "POST", target: "/api/v1/session", headers, body });
      expect([signedIn.status, signedIn.code]).toEqual([421, "unknown-host"]);
    }
    expect((await ask(url, { method: "GET", target: kept, headers: { host, ...viewer } })).status).toBe(200);
  });
});

describe("a write of a session", () => {
  const own = (): string => `http://127.0.0.1:${port}`;
  const cases: readonly (readonly [what: string, headers: () => Record<string, string>, status: number])[] = [
    ["of the page", () => ({ "sec-fetch-site": "same-origin", origin: own() }), 200],
    ["of the page in a browser that says its origin alone", () => ({ origin: own() }), 200],
    ["of nobody in particular", () => ({}), 403],
    ["of an address that a person typed", () => ({ "sec-fetch-site": "none" }), 403],
    ["of another port of this machine", () => ({ "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" }), 403],
    ["of another site", () => ({ "sec-fetch-site": "cross-site", origin: own() }), 403],
    ["of another origin", () => ({ origin: "http://evil.example" }), 403],
    ["of an origin that begins alike", () => ({ origin: `${own()}.evil.example` }), 403],
    ["of an origin that ends alike", () => ({ origin: `http://evil.example@127.0.0.1:${port}` }), 403],
    ["of an origin without a name", () => ({ origin: "null" }), 403],
    ["of an origin of another scheme", () => ({ origin: `file://127.0.0.1:${port}` }), 403],
  ];
  it.each(cases)("%s is answered as it should be", async (_what, headers, status) => {
    const forwarded: Record<string, string> = { "x-forwarded-host": "evil.example", forwarded: "host=evil.example" };
    for (const site of [{}, forwarded]) {
      const before = await devices();
      const answer = await ask(url, {
        ...{ method: "PATCH", target: kept, body: '{"tags":{"at":"x"}}' },
        headers: { "content-type": "application/json", cookie, ...site, ...headers() },
      });
      expect([answer.status, answer.code]).toEqual([status, status === 403 ? "foreign-origin" : undefined]);
      if (status === 403) expect(await devices()).toEqual(before);
    }
  });

  it("counts under the port at which the browser is alone", async () => {
    const [name, secret] = cookie.split("=");
    for (const wrong of [`headwater-session=${secret}`, `${name}0=${secret}`, `${name}=${secret}x`, `${name}=`]) {
      const headers = { cookie: wrong, "sec-fetch-site": "same-origin" };
      expect((await ask(url, { method: "DELETE", target: kept, headers })).status, wrong).toBe(401);
    }
  });
});
