import { afterAll, beforeAll, expect, it } from "vitest";
import type { EventLog } from "@headwater/event-log";
import { parseAllDocuments } from "yaml";
import { hotRule, platform, startService, token, type Platform, type Service } from "./support/harness.ts";

let on: Platform;
let rules: Service;

beforeAll(async () => {
  on = await platform();
  rules = await startService(on);
});

afterAll(async () => {
  await rules.stop();
  await on.close();
});

const importPath = "/api/v1/rules/import";

/** The log, and how many appends to one of its topics were under way at most. */
function watched(log: EventLog, topic: string): { log: EventLog; most: () => number } {
  let [now, most] = [0, 0];
  const append: EventLog["append"] = async (to, ...rest) => {
    if (to === topic) most = Math.max(most, ++now);
    try {
      return await log.append(to, ...rest);
    } finally {
      if (to === topic) now--;
    }
  };
  const get = (_: EventLog, name: keyof EventLog): unknown => {
    const member: unknown = name === "append" ? append : log[name];
    return typeof member === "function" ? member.bind(log) : member;
  };
  return { log: new Proxy(log, { get: get as ProxyHandler<EventLog>["get"] & {} }), most: () => most };
}

it("writes many rules side by side, and answers in their order", async () => {
  const own = await platform();
  const { log, most } = watched(own.log, own.topics.rules);
  const service = await startService({ ...own, log });
  try {
    const many = Array.from({ length: 150 }, (_, index) => ({ state: "live", rule: hotRule(`many-${index}`) }));
    const made = await service.call("POST", importPath, many);
    expect(made.status).toBe(200);
    expect(made.body.rules.map(({ id }: { id: string }) => id)).toEqual(many.map(({ rule }) => rule["id"]));
    expect(most()).toBeGreaterThan(1);
    const after = await service.call("GET", "/api/v1/rules?limit=1000");
    expect(after.body.items).toHaveLength(150);
    expect(new Set(after.body.items.map(({ mode }: { mode: string }) => mode))).toEqual(new Set(["live"]));
    expect((await service.call("POST", `${importPath}?dryRun=true`, many)).body).toMatchObject({ differs: false });
  } finally {
    await service.stop();
    await own.close();
  }
});

async function exported(query = ""): Promise<unknown[]> {
  const headers = { authorization: `Bearer ${token}` };
  const { statusCode, body } = await rules.http.inject({ url: `/api/v1/rules/export${query}`, headers });
  expect(statusCode).toBe(200);
  return [...parseAllDocuments(body)].map((document) => document.toJS() as unknown);
}

const text = `
id: a
condition: { metric: t, above: 80 }
---
state: live
rule: { id: b, condition: { metric: t, above: { warning: 80, critical: 90 } } }
---
- { id: c, condition: { absent: 10m } }
- { state: shadow, rule: { id: d, condition: { metric: mode, equals: on } } }
`;

it("creates, revises and switches what differs, and nothing else", async () => {
  const tried = await rules.call("POST", `${importPath}?dryRun=true`, text);
  expect(tried).toMatchObject({ status: 200, body: { dryRun: true, differs: true } });
  expect(tried.body.rules).toHaveLength(4);
  expect((await rules.call("GET", "/api/v1/rules")).body.items).toEqual([]);

  const { body } = await rules.call("POST", importPath, text);
  expect(body).toMatchObject({ dryRun: false, differs: true });
  const { items } = (await rules.call("GET", "/api/v1/rules")).body;
  const modes = items.map(({ id, mode }: { id: string; mode: string }) => [id, mode]);
  expect(modes).toEqual(Object.entries({ a: "draft", b: "live", c: "draft", d: "shadow" }));

  const again = await rules.call("POST", importPath, text);
  expect(again.body.differs).toBe(false);
  expect(again.body.rules[0]).toMatchObject({ id: "a", action: "same", changes: [] });

  const next = text.replace("critical: 90", "critical: 95").replace("state: live", "state: disabled");
  const difference = await rules.call("POST", `${importPath}?dryRun=true`, next);
  expect(difference.body.rules[1]).toEqual({
    ...{ id: "b", action: "revise", revision: 1, stateBefore: "live", stateAfter: "disabled" },
    changes: [{ pointer: "/condition/above/critical", before: 90, after: 95 }],
    warnings: [],
  });
  await rules.call("POST", importPath, next);
  expect((await rules.call("GET", "/api/v1/rules/b")).body).toMatchObject({ mode: "disabled", revision: 2 });
});

it("makes a rule do less before it changes it", async () => {
  await rules.call("POST", importPath, [{ state: "live", rule: hotRule("tried") }]);
  const changed = hotRule("tried", { condition: { metric: "temperature", above: 1 } });
  await rules.call("POST", importPath, [{ state: "shadow", rule: changed }]);
  const { body } = await rules.call("GET", "/api/v1/rules/tried");
  const [newest] = (await rules.call("GET", "/api/v1/rules/tried/revisions")).body.items;
  // The revision was the last change.
  expect(body).toMatchObject({ mode: "shadow", revision: 2, updatedAt: newest.at });
  await rules.call("DELETE", "/api/v1/rules/tried");
});

it("takes its own export, which says the same again", async () => {
  await rules.call("POST", importPath, [hotRule("text-that-is-no-number", { name: "0123", description: "yes\n- no" })]);
  const all = await exported();
  expect(all).toContainEqual({
    state: "draft",
    rule: hotRule("text-that-is-no-number", { name: "0123", description: "yes\n- no" }),
  });
  const { body } = await rules.call("POST", `${importPath}?dryRun=true`, all);
  expect(body.differs).toBe(false);
  expect(await exported("?state=shadow")).toMatchObject([{ state: "shadow", rule: { id: "d" } }]);
});

it("gives rules that name no state the one that is asked for, and leaves others be", async () => {
  const made = [
    { id: "plain", condition: { absent: "5m" } },
    { state: "shadow", rule: { id: "own", condition: { absent: "5m" } } },
  ];
  await rules.call("POST", `${importPath}?state=live`, made);
  expect((await rules.call("GET", "/api/v1/rules/plain")).body.mode).toBe("live");
  expect((await rules.call("GET", "/api/v1/rules/own")).body.mode).toBe("shadow");
  await rules.call("POST", importPath, [{ id: "plain", condition: { absent: "6m" } }]);
  expect((await rules.call("GET", "/api/v1/rules/plain")).body).toMatchObject({ mode: "live", revision: 2 });
});

it("says which state of an entry is none", async () => {
  const { body } = await rules.call("POST", importPath, [{ state: "on", rule: hotRule("x") }]);
  expect(body.errors[0].detail).toBe('has to be one of draft, live, shadow, disabled, not text "on"');
});

it.each([
  { body: [{ id: "x" }], pointer: "/0/condition" },
  { body: [{ state: "on", rule: hotRule("x") }], pointer: "/0/state" },
  { body: [{ status: "live", rule: hotRule("x") }], pointer: "/0/status" },
  { body: [hotRule("x"), hotRule("y"), hotRule("x")], pointer: "/2/id" },
  { body: [hotRule("x"), { rule: hotRule("y", { condition: { metric: "t" } }) }], pointer: "/1/rule/condition" },
  { body: [hotRule("x"), hotRule("export")], pointer: "/1/id" },
  { body: 5, pointer: "/0" },
  { body: [], pointer: "" },
  { body: "null\n", pointer: "/0" },
  { body: "---\n", pointer: "" },
  { body: Array.from({ length: 2001 }, (_, index) => hotRule(`x${index}`)), pointer: "" },
])("writes nothing if anything is wrong, and says where: $pointer", async ({ body, pointer }) => {
  const answer = await rules.call("POST", importPath, body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors[0].pointer).toBe(pointer);
  expect((await rules.call("GET", "/api/v1/rules/x")).status).toBe(404);
});

it("says which document of YAML cannot be read", async () => {
  const answer = await rules.call("POST", importPath, "id: x\n---\nid: y\nid: z\n");
  expect(answer.status).toBe(400);
  expect(answer.body.detail).toContain("document 2");
});

it("lets others have their turn while it reads and writes many rules", async () => {
  const many = Array.from({ length: 2000 }, (_, index) => hotRule(`many-${index}`));
  // By the processor time of this thread: on a busy machine a turn takes as long as others let it.
  const spent = (): number => {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  };
  const started = spent();
  let longest = 0;
  let last = started;
  const look = (): void => {
    const now = spent();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const watch = setInterval(look, 1);
  const { body } = await rules.call("POST", `${importPath}?dryRun=true`, many);
  clearInterval(watch);
  look();
  expect(body.rules).toHaveLength(2000);
  // In one piece, nobody had a turn until it was done.
  expect(longest).toBeLessThan((spent() - started) / 2);
});
