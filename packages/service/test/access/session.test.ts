import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { adminToken, type AccessProcess, bearer, openLogFolder, startAccess } from "./access-server.ts";

type LogFolder = Awaited<ReturnType<typeof openLogFolder>>;

let place: LogFolder;
let here: AccessProcess;
const started: AccessProcess[] = [];

const host = "headwater.test:8080";
const ownPage = { host, origin: `http://${host}` };

async function start(name: string, token?: string): Promise<AccessProcess> {
  const process = await startAccess(place.log, join(place.folder, name), token === undefined ? {} : { token });
  started.push(process);
  return process;
}

beforeEach(async () => {
  place = await openLogFolder();
  here = await start("here");
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.close()));
  await place.close();
});

function signIn(body: object, headers: Record<string, string> = ownPage) {
  return here.http.inject({ method: "POST", url: "/api/v1/session", headers, payload: body });
}

async function cookieOf(body: object = { token: adminToken }): Promise<string> {
  const answer = await signIn(body);
  expect(answer.statusCode).toBe(200);
  return String(answer.headers["set-cookie"]).split(";", 1)[0]!;
}

describe("a session", () => {
  it("is opened with a token, in a cookie that no script reads and no other site uses", async () => {
    const answer = await signIn({ token: adminToken });
    expect(answer.json()).toMatchObject({ principal: "admin", scopes: expect.arrayContaining(["devices:write"]) });
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toMatch(/^headwater-session-8080=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/i);
    const secure = await signIn({ token: adminToken }, { host: "ops.example", origin: "https://ops.example" });
    expect(secure.headers["set-cookie"]).toMatch(/^headwater-session=.*; Secure/);
  });

  it("opens what its token does, and tells who it is", async () => {
    const cookie = await cookieOf();
    const who = await here.http.inject({ url: "/api/v1/session", headers: { host, cookie } });
    expect(who.json()).toMatchObject({ principal: "admin", expiresAt: expect.stringMatching(/Z$/) });
    const read = await here.http.inject({ url: "/read", headers: { host, cookie } });
    expect(read.statusCode).toBe(200);
    const write = await here.http.inject({ method: "POST", url: "/write", headers: { ...ownPage, cookie } });
    expect(write.statusCode).toBe(200);
  });

  it.each([
    ["a page of another site", { origin: "https://evil.example" }],
    ["another port of the same host", { origin: "http://headwater.test:3000" }],
    ["a sandboxed page", { origin: "null" }],
    ["a page of another site that shows no origin", { "sec-fetch-site": "cross-site" }],
    ["another port, as the browser says", { "sec-fetch-site": "same-site", origin: ownPage.origin }],
    ["nobody says where", {}],
  ])("writes nothing for %s", async (_name, from) => {
    const cookie = await cookieOf();
    const headers = { host, cookie, ...from };
    const answer = await here.http.inject({ method: "POST", url: "/write", headers });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: "foreign-origin" });
    const ending = await here.http.inject({ method: "DELETE", url: "/api/v1/session", headers });
    expect(ending.statusCode).toBe(403);
  });

  it("is not opened by a page of another site", async () => {
    const answer = await signIn({ token: adminToken }, { host, origin: "https://evil.example" });
    expect(answer.json()).toMatchObject({ status: 403, code: "foreign-origin" });
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  it("a page behind a proxy that changes Host is its own by what the browser says", async () => {
    const cookie = await cookieOf();
    const headers = { host, cookie, origin: "https://ops.example", "sec-fetch-site": "same-origin" };
    const answer = await here.http.inject({ method: "POST", url: "/write", headers });
    expect(answer.statusCode).toBe(200);
  });

  it("ends when it is ended, everywhere", async () => {
    const there = await start("there");
    const cookie = await cookieOf();
    const elsewhere = () => there.http.inject({ url: "/read", headers: { host, cookie } });
    expect((await elsewhere()).statusCode).toBe(200);
    const ended = await here.http.inject({
      method: "DELETE",
      url: "/api/v1/session",
      headers: { ...ownPage, cookie },
    });
    expect(ended.statusCode).toBe(200);
    expect(ended.headers["set-cookie"]).toMatch(/^headwater-session-8080=; Max-Age=0/);
    const after = await here.http.inject({ url: "/read", headers: { host, cookie } });
    expect(after.json()).toMatchObject({ status: 401, code: "unauthenticated" });
    await expect.poll(async () => (await elsewhere()).statusCode).toBe(401);
  });

  it("outlives a restart, and ends with the administrator's token", async () => {
    const cookie = await cookieOf();
    await here.close();
    started.length = 0;
    const again = await start("here");
    expect((await again.http.inject({ url: "/read", headers: { host, cookie } })).statusCode).toBe(200);
    const other = await start("other", "another-admin-token-that-was-made-later");
    expect((await other.http.inject({ url: "/read", headers: { host, cookie } })).statusCode).toBe(401);
  });

  it("its secret is no token, and a token is no session", async () => {
    const cookie = await cookieOf();
    const secret = cookie.split("=")[1]!;
    const asToken = await here.http.inject({ url: "/read", headers: { host, authorization: `Bearer ${secret}` } });
    expect(asToken.statusCode).toBe(401);
    const asSession = `headwater-session-8080=${adminToken}`;
    expect((await here.http.inject({ url: "/read", headers: { host, cookie: asSession } })).statusCode).toBe(401);
    const ended = await here.http.inject({ method: "DELETE", url: "/api/v1/session", headers: bearer });
    expect(ended.json()).toMatchObject({ status: 404, code: "no-session" });
  });
});

describe("open sessions", () => {
  interface OpenSession {
    readonly id: string;
    readonly principal: string;
    readonly current: boolean;
  }

  async function openOf(cookie: string, query = ""): Promise<readonly OpenSession[]> {
    const answer = await here.http.inject({ url: `/api/v1/sessions${query}`, headers: { host, cookie } });
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json<{ items: OpenSession[] }>().items;
  }

  function end(cookie: string, id: string) {
    return here.http.inject({ method: "DELETE", url: `/api/v1/sessions/${id}`, headers: { ...ownPage, cookie } });
  }

  async function viewerToken(name: string): Promise<string> {
    const payload = { name, scopes: ["viewer"] };
    const made = await here.http.inject({ method: "POST", url: "/api/v1/tokens", headers: bearer, payload });
    return made.json<{ token: string }>().token;
  }

  it("are listed for whose they are, and ended from another of them", async () => {
    const [laptop, phone] = [await cookieOf(), await cookieOf()];
    const seen = await openOf(laptop);
    expect(seen.map(({ principal, current }) => [principal, current]).toSorted()).toEqual([
      ["admin", false],
      ["admin", true],
    ]);
    const other = seen.find(({ current }) => !current)!;
    expect((await end(laptop, other.id)).statusCode).toBe(200);
    expect((await here.http.inject({ url: "/read", headers: { host, cookie: phone } })).statusCode).toBe(401);
    expect(await openOf(laptop)).toHaveLength(1);
    expect((await end(laptop, other.id)).json()).toMatchObject({ status: 404, code: "no-session" });
  });

  it("of others are neither shown nor ended without rights over access", async () => {
    const admin = await cookieOf();
    const ann = await cookieOf({ token: await viewerToken("ann") });
    const bob = await cookieOf({ token: await viewerToken("bob") });
    expect((await openOf(ann)).map(({ principal }) => principal)).toEqual(["ann"]);
    const all = await here.http.inject({ url: "/api/v1/sessions?of=all", headers: { host, cookie: ann } });
    expect(all.statusCode).toBe(403);
    const every = await openOf(admin, "?of=all");
    expect(every.map(({ principal }) => principal).toSorted()).toEqual(["admin", "ann", "bob"]);
    const bobs = every.find(({ principal }) => principal === "bob")!;
    expect((await end(ann, bobs.id)).json()).toMatchObject({ status: 404, code: "no-session" });
    expect((await end(admin, bobs.id)).statusCode).toBe(200);
    expect((await here.http.inject({ url: "/read", headers: { host, cookie: bob } })).statusCode).toBe(401);
  });

  it("are told page by page, without those that ended with their token", async () => {
    const admin = await cookieOf();
    const ann = await viewerToken("ann");
    for (let i = 0; i < 3; i += 1) await cookieOf({ token: ann });
    await cookieOf();
    await here.http.inject({ method: "DELETE", url: "/api/v1/tokens/ann", headers: bearer });
    const first = await here.http.inject({ url: "/api/v1/sessions?of=all&limit=1", headers: { host, cookie: admin } });
    const { items, next } = first.json<{ items: OpenSession[]; next: string }>();
    expect(items).toHaveLength(1);
    const rest = await openOf(admin, `?of=all&limit=1&cursor=${next}`);
    expect([...items, ...rest].map(({ principal }) => principal)).toEqual(["admin", "admin"]);
  });
});

describe("a code", () => {
  it("signs in once", async () => {
    const code = here.access.codes.make();
    const cookie = await cookieOf({ code });
    expect((await here.http.inject({ url: "/read", headers: { host, cookie } })).statusCode).toBe(200);
    const again = await signIn({ code });
    expect(again.json()).toMatchObject({ status: 401, code: "code-used" });
  });

  it.each([[{}], [{ token: adminToken, code: "x" }], [{ code: "no-code-of-ours" }], [{ token: "wrong" }]])(
    "is needed, or a token, and not both: %j",
    async (body) => {
      const answer = await signIn(body);
      expect([400, 401]).toContain(answer.statusCode);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    },
  );
});

describe("a name that is not the server's", () => {
  it.each([
    ["127.0.0.1:8080", 200],
    ["[::1]:8080", 200],
    ["192.168.1.5", 200],
    ["localhost:8080", 200],
    ["LOCALHOST.:8080", 200],
    ["iot.example:8080", 200],
    ["evil.example:8080", 421],
    ["iot.example.evil.example", 421],
    ["127.0.0.1.evil.example", 421],
    ["localhost.evil.example", 421],
  ])("%s: %i", async (name, status) => {
    const known = await startAccess(place.log, join(place.folder, "known"), { hosts: ["iot.example"] });
    started.push(known);
    const answer = await known.http.inject({ url: "/health/live", headers: { host: name } });
    expect(answer.statusCode).toBe(status);
    const signedIn = await known.http.inject({ url: "/read", headers: { host: name, ...bearer } });
    expect(signedIn.statusCode, "with a token").toBe(200);
  });
});
