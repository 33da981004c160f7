import { expect } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { ask } from "./ask.ts";
import { rights } from "./rights-table.ts";
import { basicLogin, type Scene } from "./scene.ts";

/** Somebody who asks, and what they may. */
export interface Caller {
  readonly headers: Readonly<Record<string, string>>;
  /** undefined: nobody knows them. */
  readonly scopes: ReadonlySet<string> | undefined;
}

/** Everybody there is: with rights, with few, and with what opens nothing. */
export async function callersOf(
  scene: Scene,
  url: string,
  scopes: readonly string[],
): Promise<ReadonlyMap<string, Caller>> {
  const { api } = scene;
  const create = async (name: string, given: readonly string[], more: object = {}): Promise<string> => {
    const body = { name, scopes: given, ...more };
    return (await api.request<{ token: string }>("POST", "/api/v1/tokens", body)).token;
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const session = async (token: string): Promise<string> => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/api/v1/session`, { method: "POST", headers, body: JSON.stringify({ token }) });
    return answer.headers.get("set-cookie")!.split(";")[0]!;
  };
  const known = async (token: string): Promise<Caller> => {
    const { text } = await ask(url, { method: "GET", target: "/api/v1/session", headers: bearer(token) });
    return { headers: bearer(token), scopes: new Set((JSON.parse(text) as { scopes: string[] }).scopes) };
  };
  const stranger = (headers: Caller["headers"]): Caller => ({ headers, scopes: undefined });
  const all = new Map<string, Caller>();
  for (const role of ["viewer", "operator"]) all.set(role, await known(await create(role, [role])));
  for (const needed of new Set([...scopes, ...Object.values(rights).map((each) => (each ?? []).join(" "))])) {
    if (needed === "") continue;
    all.set(needed, await known(await create(needed.replaceAll(/[: ]/g, "-"), needed.split(" "))));
  }

  const unknown = async (headers: Caller["headers"]) => {
    await eventually(async () => {
      expect((await ask(url, { method: "GET", target: "/api/v1/session", headers })).status).toBe(401);
    });
    return stranger(headers);
  };
  all.set("nobody", stranger({}));
  const expiresAt = new Date(Date.now() + 3000).toISOString();
  const ended = bearer(await create("ended", ["admin"], { expiresAt }));
  const revoked = await create("revoked", ["admin"]);
  const revokedSession = { cookie: await session(revoked) };
  await api.request("DELETE", "/api/v1/tokens/revoked");
  all.set("a token that was revoked", await unknown(bearer(revoked)));
  all.set("a session of a token that was revoked", await unknown(revokedSession));
  const wide = await create("narrowed", ["admin"]);
  const wideSession = { cookie: await session(wide) };
  await api.request("DELETE", "/api/v1/tokens/narrowed");
  const narrow = await create("narrowed", ["boards:read"]);
  all.set("a token of a name that may less now", await unknown(bearer(wide)));
  all.set("a session of a name that may less now", await unknown(wideSession));
  all.set("the token of that name that may less", await known(narrow));
  all.set("a session of that token", {
    headers: { cookie: await session(narrow), "sec-fetch-site": "same-origin" },
    scopes: new Set(["boards:read"]),
  });
  const admin = await create("admin-role", ["admin"]);
  const [name, secret] = (await session(admin)).split("=");
  all.set("a session's secret as a token", stranger(bearer(secret!)));
  all.set("a token as a session's secret", stranger({ cookie: `${name}=${admin}`, "sec-fetch-site": "same-origin" }));
  all.set("a session under the name of another port", stranger({ cookie: `headwater-session=${secret}` }));
  all.set("a token as a name of Basic", stranger({ authorization: basicLogin(admin, "") }));
  all.set("a token as a password of Basic", stranger({ authorization: basicLogin("admin", admin) }));
  all.set("a token without its scheme", stranger({ authorization: admin }));
  all.set("a token and more", stranger(bearer(`${admin}, Bearer ${admin}`)));
  all.set("a device's password as a token", stranger(bearer(scene.devicePassword)));
  all.set("a device's login", stranger({ authorization: basicLogin("kept", scene.devicePassword) }));
  all.set("a provisioning key as a token", stranger(bearer(scene.provisioningKey)));
  all.set("a provisioning key's login", stranger({ authorization: basicLogin("provision", scene.provisioningKey) }));
  all.set("a token that has expired", await unknown(ended));
  return all;
}
