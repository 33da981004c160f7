import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import { Provider } from "oidc-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TcpRelay } from "@headwater/testkit/tcp-relay";
import { ConfigError, silentLogger } from "@headwater/core";
import { OidcProvider } from "../../src/access/oidc-provider.ts";
import { loadConfig, processSettings, type ProcessSettings } from "../../src/index.ts";
import { type AccessProcess, adminToken, openLogFolder, startAccess } from "./access-server.ts";

const groups: Readonly<Record<string, readonly string[]>> = { ann: ["ops"], bob: ["staff"], eve: [] };
const secret = "the-secret-of-the-client-headwater";

let place: Awaited<ReturnType<typeof openLogFolder>>;
let here: AccessProcess;
let relay: TcpRelay;
let url: string;
let server: Server;
let issuer: string;
/** The provider's own, by which its tokens are signed. */
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

/** A provider as there are many: the one of node-oidc-provider, with its own forms. */
async function startProvider(redirect: string): Promise<void> {
  keys = await generateKeyPair("RS256", { extractable: true });
  const signing = { ...(await exportJWK(keys.privateKey)), use: "sig", alg: "RS256", kid: "the-key" };
  const provider = new Provider(issuer, {
    jwks: { keys: [signing] },
    clients: [
      {
        ...{ client_id: "headwater", client_secret: secret, redirect_uris: [redirect] },
        ...{ token_endpoint_auth_method: "client_secret_post" as const, response_types: ["code" as const] },
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, groups: groups[id] }),
    }),
    cookies: { keys: ["a key of this test alone"] },
  });
  // The provider warns of what is only for trials: its forms, its keys.
  const answer = provider.callback();
  server.on("request", (request, response) => void answer(request, response));
}

function settings(more: Record<string, string | undefined>): ProcessSettings {
  const env = {
    HEADWATER_OIDC_ISSUER: issuer,
    HEADWATER_OIDC_CLIENT_ID: "headwater",
    HEADWATER_OIDC_CLIENT_SECRET: secret,
    HEADWATER_OIDC_OPERATORS: "ops",
    HEADWATER_OIDC_VIEWERS: "staff",
    ...more,
  };
  return loadConfig(processSettings, { env });
}

beforeAll(async () => {
  place = await openLogFolder();
  // The provider has to know where Headwater is, and Headwater where the provider is.
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  relay = await TcpRelay.start();
  url = `http://127.0.0.1:${relay.port}`;
  const provider = OidcProvider.of(settings({ HEADWATER_HTTP_PUBLIC_URL: url }), adminToken, silentLogger);
  here = await startAccess(place.log, join(place.folder, "here"), { provider });
  relay.target = (await here.http.listen()).port;
  await startProvider(`${url}/api/v1/session/oidc/callback`);
});
afterAll(async () => {
  await here.close();
  await relay.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await place.close();
});

/** A browser as far as a sign-in needs one: it follows redirections, keeps cookies by host, and sends forms. */
class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  cookies(host: string): string {
    return [...(this.#cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async go(from: string, form?: Record<string, string>): Promise<{ url: string; text: string; status: number }> {
    let at = new URL(from);
    let body = form;
    for (let step = 0; step < 20; step += 1) {
      const answer = await fetch(at, {
        redirect: "manual",
        headers: { cookie: this.cookies(at.host) },
        ...(body !== undefined && { method: "POST", body: new URLSearchParams(body) }),
      });
      body = undefined;
      const jar = this.#cookies.get(at.host) ?? new Map<string, string>();
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
        if (value === "" || /expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(name!);
        else jar.set(name!, value!);
      }
      this.#cookies.set(at.host, jar);
      const location = answer.headers.get("location");
      if (location === null) return { url: at.href, text: await answer.text(), status: answer.status };
      at = new URL(location, at);
      if (at.origin === url && at.pathname === "/") return { url: at.href, text: "", status: 200 };
    }
    throw new RangeError(`It goes round and round, last at ${at.href}`);
  }
}

/** Goes through the forms of the provider, and answers where the browser ends up. */
async function signIn(browser: Browser, name: string): Promise<string> {
  let shown = await browser.go(`${url}/api/v1/session/oidc`);
  const forms: readonly Record<string, string>[] = [
    { prompt: "login", login: name, password: "any" },
    { prompt: "consent" },
  ];
  for (const form of forms) {
    if (!shown.url.startsWith(issuer)) break;
    const action = /<form[^>]* action="([^"]+)"/.exec(shown.text)?.[1] ?? shown.url;
    shown = await browser.go(new URL(action, shown.url).href, form);
  }
  return shown.url;
}

describe("a sign-in at a provider", () => {
  it("opens a session with the roles of the person's groups", async () => {
    const browser = new Browser();
    expect(await signIn(browser, "ann")).toBe(`${url}/`);
    const cookie = browser.cookies(new URL(url).host);
    const session = await fetch(`${url}/api/v1/session`, { headers: { cookie } });
    expect(await session.json()).toMatchObject({
      principal: "oidc:ann",
      scopes: expect.arrayContaining(["devices:write"]) as unknown,
    });
    const write = await fetch(`${url}/write`, { method: "POST", headers: { cookie, origin: url } });
    expect(write.status).toBe(200);
    const foreign = await fetch(`${url}/write`, { method: "POST", headers: { cookie, origin: issuer } });
    expect(foreign.status).toBe(403);
  });

  it("gives a viewer no more than that, and nobody without a group anything", async () => {
    const browser = new Browser();
    expect(await signIn(browser, "bob")).toBe(`${url}/`);
    const cookie = browser.cookies(new URL(url).host);
    expect((await fetch(`${url}/read`, { headers: { cookie } })).status).toBe(200);
    const write = await fetch(`${url}/write`, { method: "POST", headers: { cookie, origin: url } });
    expect(write.status).toBe(403);
    const eve = new Browser();
    expect(await signIn(eve, "eve")).toBe(`${url}/#sign-in-without-role`);
    expect(eve.cookies(new URL(url).host)).toBe("");
  });

  it("counts only in the browser that began it, with what the provider answered", async () => {
    const begun = await fetch(`${url}/api/v1/session/oidc`, { redirect: "manual" });
    const state = new URL(begun.headers.get("location")!).searchParams.get("state")!;
    const attempt = begun.headers.getSetCookie()[0]!.split(";", 1)[0]!;
    expect(begun.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/i);
    for (const [query, cookie] of [
      [`code=x&state=${state}`, ""],
      [`code=x&state=${state}`, attempt],
      [`code=x&state=other`, attempt],
      [`error=access_denied&state=${state}`, attempt],
      [`code=x&state=${state}`, "headwater-oidc=forged"],
    ] as const) {
      const answer = await fetch(`${url}/api/v1/session/oidc/callback?${query}&iss=${encodeURIComponent(issuer)}`, {
        redirect: "manual",
        headers: { cookie },
      });
      expect(answer.headers.get("location"), query).toBe("/#sign-in-failed");
      expect(answer.headers.getSetCookie().join("\n")).not.toContain("headwater-session");
    }
  });

  it("a session of it ends when the provider is another, or none", async () => {
    const browser = new Browser();
    await signIn(browser, "ann");
    const cookie = browser.cookies(new URL(url).host);
    const without = await startAccess(place.log, join(place.folder, "without"));
    try {
      const headers = { cookie, host: new URL(url).host };
      expect((await without.http.inject({ url: "/read", headers })).statusCode).toBe(401);
    } finally {
      await without.close();
    }
  });
});

describe("a token of the provider", () => {
  const inAnHour = (): number => Math.floor(Date.now() / 1_000) + 3_600;

  function signed(claims: object, { key = keys.privateKey, alg = "RS256" }: { key?: CryptoKey; alg?: string } = {}) {
    const all = { iss: issuer, aud: "headwater", sub: "ann", exp: inAnHour(), groups: ["ops"], ...claims };
    return new SignJWT(all).setProtectedHeader({ alg, kid: "the-key" }).sign(key);
  }

  async function ask(token: string, path = "/read", method = "GET") {
    return fetch(url + path, { method, headers: { authorization: `Bearer ${token}` } });
  }

  it("opens what the roles of its claims do, until its end", async () => {
    const token = await signed({ preferred_username: "ann" });
    const who = (await (await ask(token, "/api/v1/session")).json()) as { expiresAt: string };
    expect(who).toMatchObject({ principal: "oidc:ann", roles: expect.arrayContaining(["operator"]) });
    expect(Date.parse(who.expiresAt)).toBeGreaterThan(Date.now() + 3_000_000);
    expect((await ask(token, "/write", "POST")).status).toBe(200);
    const viewer = await signed({ sub: "bob", groups: ["staff"] });
    expect((await ask(viewer)).status).toBe(200);
    expect((await ask(viewer, "/write", "POST")).status).toBe(403);
  });

  it("opens a live answer until its end, and not beyond", async () => {
    const token = await signed({ exp: Math.floor(Date.now() / 1_000) + 2 });
    const answer = await ask(token, "/live");
    expect(answer.status).toBe(200);
    // Cut off, an answer that has begun ends with an error.
    await expect(answer.text()).rejects.toThrow();
  });

  it.each([
    ["of another issuer", { iss: "https://elsewhere.example" }],
    ["for somebody else", { aud: "another-client" }],
    ["for nobody", { aud: undefined }],
    ["that has ended", { exp: Math.floor(Date.now() / 1_000) - 600 }],
    ["without an end", { exp: undefined }],
    ["that is not to be used yet", { nbf: inAnHour() }],
    ["without a role", { groups: [] }],
  ])("%s opens nothing", async (_what, claims) => {
    expect((await ask(await signed(claims))).status).toBe(401);
  });

  it("that is signed by somebody else, or by nobody, opens nothing", async () => {
    const other = await generateKeyPair("RS256");
    expect((await ask(await signed({}, { key: other.privateKey }))).status).toBe(401);
    const [head, body] = (await signed({})).split(".");
    const unsigned = Buffer.from('{"alg":"none"}').toString("base64url");
    for (const token of [`${unsigned}.${body}.x`, `${head}.${body}.eHg`]) expect((await ask(token)).status).toBe(401);
  });
});

describe("settings of a provider", () => {
  it.each([
    [{}, /HEADWATER_HTTP_PUBLIC_URL/],
    [{ HEADWATER_HTTP_PUBLIC_URL: "https://a.example", HEADWATER_OIDC_ISSUER: "http://id.example" }, /https/],
    [
      {
        HEADWATER_HTTP_PUBLIC_URL: "https://a.example",
        HEADWATER_OIDC_OPERATORS: undefined,
        HEADWATER_OIDC_VIEWERS: undefined,
      },
      /HEADWATER_OIDC_VIEWERS/,
    ],
  ])("that contradict one another are refused at the start: %j", (more, message) => {
    expect(() => OidcProvider.of(settings(more), adminToken, silentLogger)).toThrow(ConfigError);
    expect(() => OidcProvider.of(settings(more), adminToken, silentLogger)).toThrow(message);
  });

  it("one that is away is told so, and is asked again the next time", async () => {
    const more = { HEADWATER_HTTP_PUBLIC_URL: url, HEADWATER_OIDC_ISSUER: "http://127.0.0.1:9" };
    const provider = OidcProvider.of(settings(more), adminToken, silentLogger)!;
    await expect(provider.begin()).rejects.toMatchObject({ status: 503, code: "provider-unavailable" });
    await expect(provider.begin()).rejects.toMatchObject({ status: 503 });
  });
});
