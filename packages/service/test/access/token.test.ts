import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AccessProcess, adminToken, bearer, openLogFolder, startAccess } from "./access-server.ts";

let place: Awaited<ReturnType<typeof openLogFolder>>;
let here: AccessProcess;
const started: AccessProcess[] = [];

async function start(name: string): Promise<AccessProcess> {
  const process = await startAccess(place.log, join(place.folder, name));
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

function create(body: object, headers: Record<string, string> = bearer) {
  return here.http.inject({ method: "POST", url: "/api/v1/tokens", headers, payload: body });
}

async function tokenOf(body: object): Promise<Record<string, string>> {
  const answer = await create(body);
  expect(answer.statusCode, answer.body).toBe(201);
  return { authorization: `Bearer ${answer.json<{ token: string }>().token}` };
}

describe("a token", () => {
  it("opens what its scopes say, at every process of the log, at once", async () => {
    const there = await start("there");
    const viewer = await tokenOf({ name: "grafana", scopes: ["viewer"] });
    for (const { http } of [here, there]) {
      expect((await http.inject({ url: "/read", headers: viewer })).statusCode).toBe(200);
      const write = await http.inject({ method: "POST", url: "/write", headers: viewer });
      expect(write.json()).toMatchObject({ status: 403, code: "forbidden" });
    }
    const single = await tokenOf({ name: "writer", scopes: ["devices:write"] });
    expect((await here.http.inject({ method: "POST", url: "/write", headers: single })).statusCode).toBe(200);
    expect((await here.http.inject({ url: "/read", headers: single })).statusCode).toBe(403);
    const who = await here.http.inject({ url: "/api/v1/session", headers: single });
    expect(who.json()).toEqual({ principal: "writer", scopes: ["devices:write"], roles: [] });
    const whose = await here.http.inject({ url: "/api/v1/session", headers: viewer });
    expect(whose.json()).toMatchObject({ principal: "grafana", roles: ["viewer"] });
    const all = await here.http.inject({ url: "/api/v1/session", headers: bearer });
    expect(all.json()).toMatchObject({ roles: ["viewer", "operator", "admin"] });
  });

  it("is shown once, listed without its secret, and revoked for good", async () => {
    const made = await create({ name: "ci", scopes: ["operator", "operator"], expiresIn: "90d" });
    const { token } = made.json<{ token: string }>();
    const headers = { authorization: `Bearer ${token}` };
    const listed = await here.http.inject({ url: "/api/v1/tokens", headers: bearer });
    expect(listed.json().items).toEqual([
      expect.objectContaining({ name: "ci", scopes: ["operator"], createdBy: "admin", expiresAt: expect.any(String) }),
    ]);
    expect(listed.body).not.toContain(token);
    expect((await create({ name: "ci", scopes: ["viewer"] })).json()).toMatchObject({
      status: 409,
      code: "token-exists",
    });

    const revoke = () => here.http.inject({ method: "DELETE", url: "/api/v1/tokens/ci", headers: bearer });
    expect((await revoke()).statusCode).toBe(200);
    expect((await here.http.inject({ url: "/read", headers })).statusCode).toBe(401);
    expect((await revoke()).json()).toMatchObject({ status: 404, code: "token-unknown" });

    const again = await tokenOf({ name: "ci", scopes: ["viewer"] });
    expect((await here.http.inject({ url: "/read", headers: again })).statusCode).toBe(200);
    expect((await here.http.inject({ url: "/read", headers })).statusCode).toBe(401);
  });

  it("ends by itself, with the sessions that rest on it", async () => {
    const headers = await tokenOf({ name: "brief", scopes: ["viewer"], expiresIn: "1s" });
    const token = headers["authorization"]!.slice("Bearer ".length);
    const signedIn = await here.http.inject({ method: "POST", url: "/api/v1/session", payload: { token } });
    const cookie = String(signedIn.headers["set-cookie"]).split(";", 1)[0]!;
    await expect.poll(async () => (await here.http.inject({ url: "/read", headers })).statusCode).toBe(401);
    expect((await here.http.inject({ url: "/read", headers: { cookie } })).statusCode).toBe(401);
  });

  it("takes its sessions with it, and one that is made again under its name does not bring them back", async () => {
    const headers = await tokenOf({ name: "ann", scopes: ["viewer"] });
    const token = headers["authorization"]!.slice("Bearer ".length);
    const signedIn = await here.http.inject({ method: "POST", url: "/api/v1/session", payload: { token } });
    const cookie = String(signedIn.headers["set-cookie"]).split(";", 1)[0]!;
    const read = async () => (await here.http.inject({ url: "/read", headers: { cookie } })).statusCode;
    expect(await read()).toBe(200);
    const session = await here.http.inject({ url: "/api/v1/session", headers: { cookie } });
    expect(session.json()).toMatchObject({ principal: "ann" });
    await here.http.inject({ method: "DELETE", url: "/api/v1/tokens/ann", headers: bearer });
    expect(await read()).toBe(401);
    await tokenOf({ name: "ann", scopes: ["viewer"] });
    expect(await read()).toBe(401);
  });

  it("gives away no more than it has", async () => {
    const headers = await tokenOf({ name: "lead", scopes: ["access:write", "viewer"] });
    for (const scopes of [["admin"], ["operator"], ["viewer", "store:backup"]]) {
      const answer = await create({ name: "more", scopes }, headers);
      expect(answer.json(), String(scopes)).toMatchObject({ status: 403, code: "forbidden" });
    }
    expect((await create({ name: "same", scopes: ["viewer"] }, headers)).statusCode).toBe(201);
  });

  it.each([
    [{ name: "admin", scopes: ["viewer"] }],
    [{ name: "rule:x", scopes: ["viewer"] }],
    [{ name: "../x", scopes: ["viewer"] }],
    [{ name: "x", scopes: [] }],
    [{ name: "x", scopes: ["*"] }],
    [{ name: "x", scopes: ["devices:fly"] }],
    [{ name: "x", scopes: ["constructor"] }],
    [{ name: "x", scopes: ["viewer"], expiresAt: "2020-01-01T00:00:00Z" }],
  ])("cannot be %j", async (body) => {
    expect((await create(body)).statusCode).toBe(400);
  });

  it("tells when it was last used, by whichever process", async () => {
    const there = await start("there");
    const headers = await tokenOf({ name: "meter", scopes: ["viewer"] });
    const lastUse = async () =>
      (await here.http.inject({ url: "/api/v1/tokens/meter", headers: bearer })).json<{ lastUsedAt?: string }>()
        .lastUsedAt;
    expect(await lastUse()).toBeUndefined();
    await there.http.inject({ url: "/read", headers });
    await expect.poll(lastUse).toMatch(/Z$/);
  });
});

it("a live answer is cut when the rights of its caller end", async () => {
  const headers = await tokenOf({ name: "screen", scopes: ["viewer"] });
  const { url } = await here.http.listen();
  const open = async (from: Record<string, string>): Promise<IncomingMessage> => {
    const [answer] = (await once(request(`${url}/live`, { headers: from }).end(), "response")) as [IncomingMessage];
    return answer.on("error", () => {}).resume();
  };
  const live = await open(headers);
  const admins = await open({ authorization: `Bearer ${adminToken}` });
  let isOpen = true;
  admins.once("close", () => (isOpen = false));
  const cut = new Promise((resolve) => live.once("close", resolve));
  await here.http.inject({ method: "DELETE", url: "/api/v1/tokens/screen", headers: bearer });
  await cut;
  expect(isOpen).toBe(true);
});
