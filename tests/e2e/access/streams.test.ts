import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmbedded } from "../platform/embedded.ts";
import type { Platform } from "../platform/platform.ts";

let platform: Platform;
let url: string;

beforeAll(async () => {
  platform = await openEmbedded();
  url = platform.addresses().find((address) => address.startsWith("http:"))!;
});
afterAll(async () => {
  await platform.stop();
});

async function create(name: string, more: object = {}): Promise<string> {
  const body = { name, scopes: ["viewer"], ...more };
  return (await platform.ingest.request<{ token: string }>("POST", "/api/v1/tokens", body)).token;
}

async function sessionOf(token: string): Promise<Record<string, string>> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/api/v1/session`, { method: "POST", headers, body: JSON.stringify({ token }) });
  return { cookie: answer.headers.get("set-cookie")!.split(";")[0]! };
}

/** The stream once it has begun, and whether it is open still. */
async function listen(headers: Record<string, string>) {
  const question = request(`${url}/api/v1/stream`, { headers, agent: false }).end();
  const [answer] = (await once(question, "response")) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  const closed = new Promise<void>((resolve) => answer.resume().once("close", () => resolve()));
  let isOpen = true;
  void closed.then(() => (isOpen = false));
  return { closed, isOpen: () => isOpen, stop: () => question.destroy() };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const revoke = (name: string) => platform.ingest.request("DELETE", `/api/v1/tokens/${name}`);

describe("a live stream ends", () => {
  it("with the token that opened it, while others go on", async () => {
    const [one, other] = [await listen(bearer(await create("one"))), await listen(bearer(await create("other")))];
    await revoke("one");
    await one.closed;
    expect(other.isOpen()).toBe(true);
    other.stop();
  });

  it("with the session that opened it, however that ended", async () => {
    const token = await create("person");
    const [left, ended, stays] = [await sessionOf(token), await sessionOf(token), await sessionOf(token)];
    const streams = { left: await listen(left), ended: await listen(ended), stays: await listen(stays) };
    const own = { "sec-fetch-site": "same-origin" };
    expect((await fetch(`${url}/api/v1/session`, { method: "DELETE", headers: { ...left, ...own } })).status).toBe(200);
    await streams.left.closed;
    const list = await fetch(`${url}/api/v1/sessions`, { headers: ended });
    const { items } = (await list.json()) as { items: readonly { id: string; current: boolean }[] };
    const { id } = items.find(({ current }) => current)!;
    await platform.ingest.request("DELETE", `/api/v1/sessions/${id}`);
    await streams.ended.closed;
    expect(streams.stays.isOpen()).toBe(true);
    await revoke("person");
    await streams.stays.closed;
  });

  it("when the token ends by itself, for its sessions too", async () => {
    const token = await create("short", { expiresAt: new Date(Date.now() + 5_000).toISOString() });
    const streams = [await listen(bearer(token)), await listen(await sessionOf(token))];
    expect(streams.map((stream) => stream.isOpen())).toEqual([true, true]);
    await Promise.all(streams.map(({ closed }) => closed));
  });

  it("when the token of its name may less", async () => {
    const wide = await listen(bearer(await create("narrowed")));
    await revoke("narrowed");
    const narrow = await create("narrowed", { scopes: ["alerts:read"] });
    await wide.closed;
    const stream = await listen(bearer(narrow));
    expect(stream.isOpen()).toBe(true);
    stream.stop();
  });
});
