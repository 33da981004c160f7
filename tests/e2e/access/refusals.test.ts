import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { openEmbedded } from "../platform/embedded.ts";
import type { Platform } from "../platform/platform.ts";
import { ask, askedOf } from "./ask.ts";
import { type Caller, callersOf } from "./callers.ts";
import { type Operation, operationsOf } from "./operations.ts";
import { rights } from "./rights-table.ts";
import { type Sample, samples } from "./samples.ts";
import { type Scene, setScene } from "./scene.ts";

let platform: Platform;
let scene: Scene;
let url: string;
let operations: readonly Operation[];
let callers: ReadonlyMap<string, Caller>;
const asked = new Map<string, Sample>();

beforeAll(async () => {
  platform = await openEmbedded();
  url = platform.addresses().find((address) => address.startsWith("http:"))!;
  scene = await setScene(platform);
  operations = await operationsOf(scene.api);
  const { scopes } = await scene.api.call("GET", "/api/v1/session", {});
  callers = await callersOf(scene, url, scopes);
  for (const { name } of operations) asked.set(name, await samples[name]!(scene));
});
afterAll(async () => {
  await platform.stop();
});

const lists = [
  ...["devices?registered=any", "groups", "boards", "rules", "maintenance", "backtests", "rebuilds", "alerts"],
  ...["tokens", "sessions?of=all", "provisioning-keys", "quarantine", "devices/kept/commands", "demo", "audit"],
];

/** All that there is, as an administrator sees it; when something was used or seen last is nothing that was done. */
async function state(): Promise<Record<string, unknown>> {
  const entries = lists.map(async (list) => {
    const path = `/api/v1/${list}${list.includes("?") ? "&" : "?"}limit=1000`;
    const { items, next, ...rest } = await scene.api.request<{ items?: object[]; next?: string | null }>(
      "GET",
      list === "demo" || list === "rebuilds" ? `/api/v1/${list}` : path,
    );
    expect(next ?? null, list).toBeNull();
    return [list, items?.map((item) => ({ ...item, lastUsedAt: 0, lastSeen: 0, connected: 0 })) ?? rest] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The methods under which an operation can be asked for. */
function forms(operation: Operation): readonly Operation[] {
  return operation.method === "GET" ? [operation, { ...operation, method: "HEAD" }] : [operation];
}

/** How a caller is refused; undefined: not at all. */
function refusal({ name }: Operation, { scopes }: Caller): readonly [number, string] | undefined {
  const needed = rights[name];
  if (needed === undefined) return undefined;
  if (scopes === undefined) return [401, "unauthenticated"];
  // Of the live stream the sample asks for devices.
  const all = name === "streamEvents" ? ["devices:read"] : needed;
  return all.every((scope) => scopes.has(scope)) ? undefined : [403, "forbidden"];
}

describe("an operation", () => {
  it("has a request here that would be done", () => {
    expect(Object.keys(samples).toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  });

  it("refuses everybody who may not, with 401 or 403 and its code, and does nothing then", async () => {
    await eventually(async () => {
      const [{ items: tests }, { items: rebuilds }] = await Promise.all([
        scene.api.call("GET", "/api/v1/backtests", {}),
        scene.api.call("GET", "/api/v1/rebuilds", {}),
      ]);
      expect(tests.filter(({ state: at }) => at === "queued" || at === "running")).toEqual([]);
      expect(rebuilds.filter(({ state: at }) => at !== "done")).toEqual([]);
    });
    const before = await state();
    const wrong: string[] = [];
    let refused = 0;
    for (const [name, caller] of callers) {
      const questions = operations.flatMap(forms).map(async (operation) => {
        const expected = refusal(operation, caller);
        if (expected === undefined) return;
        const question = askedOf(operation, asked.get(operation.name)!);
        const headers = { ...question.headers, ...caller.headers };
        const { status, code, challenge } = await ask(url, { ...question, headers });
        refused += 1;
        const answered = [status, ...(operation.method === "HEAD" ? [] : [code])];
        const wanted = expected.slice(0, answered.length);
        const isTold = status !== 401 || challenge === 'Bearer realm="headwater"';
        if (answered.join() === wanted.join() && isTold) return;
        wrong.push(`${operation.method} ${operation.name} by ${name}: ${answered.join(" ")}, ${challenge}`);
      });
      await Promise.all(questions);
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(5_000);
    expect(await state()).toEqual(before);
  });

  it("of a device takes a device's login alone", async () => {
    const sendTelemetry = operations.find(({ name }) => name === "sendTelemetry")!;
    const question = askedOf(sendTelemetry, asked.get("sendTelemetry")!);
    const taken: string[] = [];
    for (const [name, caller] of callers) {
      const { status, challenge } = await ask(url, {
        ...question,
        headers: { ...question.headers, ...caller.headers },
      });
      if (status === 200) taken.push(name);
      else
        expect([name, status, challenge]).toEqual([
          name,
          status,
          status === 401 ? 'Basic realm="headwater"' : undefined,
        ]);
    }
    expect(taken).toEqual(["a device's login"]);
  });

  it("is done for a token that has what it needs, and no more", async () => {
    const wrong: string[] = [];
    for (const operation of operations) {
      const needed = rights[operation.name];
      if (needed === undefined) continue;
      const scopes = operation.name === "streamEvents" ? ["devices:read"] : needed;
      const name = scopes.length === 0 ? "boards:read" : scopes.join(" ");
      const { headers } = callers.get(name)!;
      const sample = asked.get(operation.name)!;
      const question = askedOf(operation, sample);
      const { status, text } = await ask(url, { ...question, headers: { ...question.headers, ...headers } });
      const isDone = sample.statuses?.includes(status) ?? (status >= 200 && status < 300);
      if (!isDone) wrong.push(`${operation.name} with ${name}: ${status} ${text.slice(0, 300)}`);
    }
    expect(wrong).toEqual([]);
  });
});
