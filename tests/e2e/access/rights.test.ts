import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmbedded } from "../platform/embedded.ts";
import type { Platform } from "../platform/platform.ts";
import { operationsOf, type Operation } from "./operations.ts";
import { rights } from "./rights-table.ts";

const administrators = ["access:read", "access:write", "audit:read", "rebuild:write", "store:backup"];

let platform: Platform;
let url: string;
let operations: readonly Operation[];
let scopes: readonly string[];
const tokens = new Map<string, string>();

beforeAll(async () => {
  platform = await openEmbedded();
  url = platform.rulesUrl;
  operations = await operationsOf(platform.ingest);
  ({ scopes } = await platform.ingest.call("GET", "/api/v1/session", {}));
});
afterAll(async () => {
  await platform.stop();
});

/** A token with exactly these. */
async function tokenWith(given: readonly string[]): Promise<string> {
  const key = given.join(" ");
  const known = tokens.get(key);
  if (known !== undefined) return known;
  const body = { name: `t${tokens.size}`, scopes: [...given] as "viewer"[] };
  const { token } = await platform.ingest.call("POST", "/api/v1/tokens", { body });
  tokens.set(key, token);
  return token;
}

/** The status, and no more of an answer than that. */
async function ask({ method, path }: Operation, token: string | undefined): Promise<number> {
  const stop = new AbortController();
  const answer = await fetch(url + path.replaceAll(/\{\w+\}/g, "nothing"), {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  stop.abort();
  return answer.status;
}

describe("rights", () => {
  it("each operation is in the table, and OpenAPI says the same", () => {
    const told = operations.map(({ name, security }) => [name, security.find(({ token }) => token)?.["token"]]);
    expect(Object.fromEntries(told)).toEqual(rights);
  });

  it("an operation refuses who shows no token, and one that has every scope but those it needs", async () => {
    for (const operation of operations) {
      const needed = rights[operation.name];
      if (needed === undefined) continue;
      expect(await ask(operation, undefined), operation.name).toBe(401);
      for (const scope of needed) {
        const others = await tokenWith(scopes.filter((each) => each !== scope));
        expect(await ask(operation, others), `${operation.name} without ${scope}`).toBe(403);
      }
    }
  });

  it("and takes one that has those alone", async () => {
    for (const operation of operations) {
      const needed = rights[operation.name];
      if (needed === undefined || needed.length === 0) continue;
      const status = await ask(operation, await tokenWith(needed));
      expect([401, 403], `${operation.name} with ${needed.join(", ")}`).not.toContain(status);
    }
  });

  it("a viewer writes nothing, an operator does all but what is an administrator's", async () => {
    const may = async (role: string): Promise<Set<string>> => {
      const token = await tokenWith([role]);
      const answer = await fetch(`${url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } });
      return new Set(((await answer.json()) as { scopes: string[] }).scopes);
    };
    expect([...(await may("viewer"))].filter((scope) => !scope.endsWith(":read"))).toEqual([]);
    const operator = await may("operator");
    expect(scopes.filter((scope) => !operator.has(scope)).toSorted()).toEqual(administrators);
    expect([...(await may("admin"))]).toEqual(scopes);
  });

  it("the live stream has the topics that the token may read, and no others", async () => {
    const token = await tokenWith(["alerts:read"]);
    const status = async (query: string): Promise<number> => {
      const stop = new AbortController();
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${url}/api/v1/stream${query}`, { headers, signal: stop.signal });
      stop.abort();
      return answer.status;
    };
    expect(await status("")).toBe(200);
    expect(await status("?topics=alerts")).toBe(200);
    expect(await status("?topics=alerts,telemetry")).toBe(403);
    expect(await status("?topics=commands")).toBe(403);
    const none = await fetch(`${url}/api/v1/stream`, {
      headers: { authorization: `Bearer ${await tokenWith(["rules:read"])}` },
    });
    expect(none.status).toBe(403);
  });

  it("the states of a device that are its alerts or its presence are not telemetry's", async () => {
    const headers = { authorization: `Bearer ${await tokenWith(["telemetry:read"])}` };
    for (const states of ["alerts", "presence"]) {
      const answer = await fetch(`${url}/api/v1/devices/x/states?of=${states}`, { headers });
      expect(answer.status, states).toBe(403);
    }
  });
});
