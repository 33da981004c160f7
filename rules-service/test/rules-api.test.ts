import { afterAll, beforeAll, expect, it } from "vitest";
import { events } from "@headwater/proto";
import { hotRule, platform, startService, type Platform, type Service } from "./support/harness.ts";

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

it("creates a draft, and answers with its revision and its place in the log", async () => {
  const { status, headers, body } = await rules.call("POST", "/api/v1/rules", hotRule("created", { name: "Hot" }));
  expect(status).toBe(201);
  expect(headers["location"]).toBe("/api/v1/rules/created");
  expect(headers["etag"]).toBe('"1"');
  expect(body).toMatchObject({ id: "created", name: "Hot", state: "draft", revision: 1, updatedBy: "admin" });
  expect(body.position).toMatch(/^rules\.v1\/0\/\d+$/);
  const read = await rules.call("GET", `/api/v1/rules/created?after=${encodeURIComponent(body.position)}`);
  expect(read.body.definition).toMatchObject({ id: "created", severity: "critical" });
  expect(read.body.partitions).toEqual([
    { partition: 0, state: "off" },
    { partition: 1, state: "off" },
  ]);
});

it.each([null, 5, "hot", [], true])("refuses %j as a condition, whatever the severity", async (condition) => {
  const { status, body } = await rules.call("POST", "/api/v1/rules", hotRule("odd", { condition }));
  expect(status).toBe(400);
  expect(body.errors).toHaveLength(1);
  expect(body.errors[0].pointer).toBe("/condition");
});

it("takes YAML as it takes JSON", async () => {
  const yaml = `
id: boiler-too-hot
name: Boiler too hot
selector: { types: [boiler], tags: { site: [north, south] } }
condition:
  metric: temperature
  above: { warning: 80, critical: 90 }
  clearBelow: 75
  for: 30s
actions:
  - command: { name: shut_valve, params: { valve: 1 }, ttl: 60s }
`;
  const created = await rules.call("POST", "/api/v1/rules", yaml);
  expect(created.status).toBe(201);
  expect(created.body.definition.condition.above).toEqual({ warning: 80, critical: 90 });
  expect((await rules.call("POST", "/api/v1/rules/validate", yaml)).body).toEqual({
    valid: true,
    errors: [],
    warnings: [],
  });
});

it("says where a rule is wrong and what to do", async () => {
  const odd = hotRule("odd", { condition: { metric: "temperature", op: "=>", threshold: 90 } });
  const { status, headers, body } = await rules.call("POST", "/api/v1/rules", odd);
  expect(status).toBe(400);
  expect(headers["content-type"]).toContain("application/problem+json");
  expect(body.errors[0].pointer).toBe("/condition/op");
  expect(body.errors[0].detail).toContain(">=");
  const verdict = await rules.call("POST", "/api/v1/rules/validate", odd);
  expect(verdict).toMatchObject({ status: 200, body: { valid: false, errors: body.errors } });
  expect((await rules.call("GET", "/api/v1/rules/odd")).status).toBe(404);
});

it("warns where a command may expire before time alone makes the condition true", async () => {
  const held = (ttl: string, wait: string, more: Record<string, unknown> = { for: "2s" }) =>
    hotRule("held", {
      condition: { metric: "temperature", op: ">", threshold: 90, ...more },
      wait,
      actions: [{ derive: { metric: "hot", value: 1 } }, { command: { name: "act", ttl } }],
    });
  const warnings = async (rule: unknown) => (await rules.call("POST", "/api/v1/rules/validate", rule)).body.warnings;
  expect(await warnings(held("5s", "5s"))).toEqual([
    { pointer: "/actions/1/command/ttl", detail: expect.stringMatching(/wait of 5s.*make it \S+ at least/) as string },
  ]);
  expect(await warnings(held("60s", "5s"))).toEqual([]);
  // It is true with a reading, or never.
  expect(await warnings(held("1s", "5s", {}))).toEqual([]);
});

it.each([
  ["no object", "[1, 2]", 400],
  ["text", "just text", 400],
  ["nothing", "", 400],
  ["broken YAML", "id: [", 400],
  ["a key twice", "id: a\nid: b", 400],
  ["YAML that grows", bomb(), 400],
  ["a key twice", "id: a\nid: b", 400],
  ["an id that is a path of its own", JSON.stringify(hotRule("schema")), 400],
  ["an id that no path could carry", JSON.stringify(hotRule("a/b")), 400],
])("refuses %s", async (_name, yaml, expected) => {
  const { status, body } = await rules.call("POST", "/api/v1/rules", yaml);
  expect({ status, code: typeof body.code }).toEqual({ status: expected, code: "string" });
});

it("refuses what is too large, of another type, or without a token", async () => {
  expect((await rules.call("POST", "/api/v1/rules", "x".repeat(600_000))).status).toBe(413);
  const other = await rules.call("POST", "/api/v1/rules", "<rule/>", { "content-type": "application/xml" });
  expect(other.status).toBe(415);
  expect((await rules.call("GET", "/api/v1/rules", undefined, { authorization: "Bearer nobody" })).status).toBe(401);
});

it("revises, keeps every revision, and writes nothing where nothing changed", async () => {
  await rules.call("POST", "/api/v1/rules", hotRule("revised"));
  const hotter = hotRule("revised", { name: "Hotter" });
  const { id: _id, ...withoutId } = hotter;
  const second = await rules.call("PUT", "/api/v1/rules/revised", withoutId);
  expect(second).toMatchObject({ status: 200, body: { revision: 2, name: "Hotter", state: "draft" } });
  const again = await rules.call("PUT", "/api/v1/rules/revised", hotter);
  expect(again.body.revision).toBe(2);
  expect(again.body.position).toBeUndefined();
  expect((await rules.call("PUT", "/api/v1/rules/revised", hotRule("another"))).status).toBe(400);
  expect((await rules.call("PUT", "/api/v1/rules/nobody", hotRule("nobody"))).status).toBe(404);

  const { body } = await rules.call("GET", "/api/v1/rules/revised/revisions");
  expect(body.items.map(({ revision }: { revision: number }) => revision)).toEqual([2, 1]);
  expect(body.items[1].definition.name).toBeUndefined();
  const page = await rules.call("GET", "/api/v1/rules/revised/revisions?limit=1");
  const rest = await rules.call("GET", `/api/v1/rules/revised/revisions?cursor=${page.body.next}`);
  expect(rest.body.items).toEqual([body.items[1]]);
});

it("deletes for good, and goes on counting if the rule is created again", async () => {
  await rules.call("POST", "/api/v1/rules", hotRule("gone"));
  expect((await rules.call("POST", "/api/v1/rules", hotRule("gone"))).status).toBe(409);
  expect((await rules.call("DELETE", "/api/v1/rules/gone")).body.state).toBe("deleted");
  expect((await rules.call("GET", "/api/v1/rules/gone")).status).toBe(404);
  expect((await rules.call("DELETE", "/api/v1/rules/gone")).status).toBe(404);
  expect((await rules.call("POST", "/api/v1/rules", hotRule("gone"))).body).toMatchObject({
    revision: 2,
    state: "draft",
  });
});

it("checks If-Match, and lets one of many concurrent writes win", async () => {
  await rules.call("POST", "/api/v1/rules", hotRule("contended"));
  const stale = await rules.call("PUT", "/api/v1/rules/contended", hotRule("contended", { name: "x" }), {
    "if-match": '"7"',
  });
  expect(stale).toMatchObject({ status: 412, body: { code: "conflict" } });
  expect((await rules.call("DELETE", "/api/v1/rules/contended", undefined, { "if-match": "odd" })).status).toBe(400);

  const writes = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      rules.call("PUT", "/api/v1/rules/contended", hotRule("contended", { name: `w${index}` }), {
        ...(index % 2 === 0 && { "if-match": '"1"' }),
      }),
    ),
  );
  const won = writes.filter(({ status }) => status === 200);
  expect(won).toHaveLength(1);
  writes.forEach(({ status }, index) => {
    if (status !== 200) expect(status).toBe(index % 2 === 0 ? 412 : 409);
  });
  const { body } = await rules.call("GET", "/api/v1/rules/contended");
  expect(body).toMatchObject({ revision: 2, name: won[0]!.body.name });
});

it("answers 304 to a read that names the answer it has, until that changes, enabled or not", async () => {
  const written = await rules.call("POST", "/api/v1/rules", hotRule("cached"));
  const path = `/api/v1/rules/cached?after=${encodeURIComponent(written.body.position)}`;
  const first = (await rules.call("GET", path)).headers["etag"] as string;
  const read = async (method: string, tag: string) =>
    (await rules.call(method, "/api/v1/rules/cached", undefined, { "if-none-match": tag })).status;
  expect([await read("GET", first), await read("HEAD", `W/${first}`), await read("GET", "*")]).toEqual([304, 304, 304]);
  // Its revision stays, and what is read differs.
  const shadowed = await rules.call("POST", "/api/v1/rules/cached/shadow", undefined, { "if-match": first });
  expect(shadowed.status).toBe(200);
  expect(await read("GET", first)).toBe(200);
  expect((await rules.call("GET", "/api/v1/rules/cached")).headers["etag"]).not.toBe(first);
});

it("writes nothing over what If-None-Match rules out", async () => {
  const fresh = { "if-none-match": "*" };
  expect((await rules.call("POST", "/api/v1/rules", hotRule("once"), fresh)).status).toBe(201);
  expect((await rules.call("POST", "/api/v1/rules", hotRule("once"), fresh)).status).toBe(412);
  const changed = hotRule("once", { name: "x" });
  expect((await rules.call("PUT", "/api/v1/rules/once", changed, fresh)).status).toBe(412);
  expect((await rules.call("DELETE", "/api/v1/rules/once", undefined, { "if-none-match": 'W/"1"' })).status).toBe(412);
  expect((await rules.call("PUT", "/api/v1/rules/once", changed, { "if-none-match": "odd" })).status).toBe(400);
  expect((await rules.call("PUT", "/api/v1/rules/once", changed, { "if-none-match": '"7"' })).status).toBe(200);
  expect((await rules.call("PUT", "/api/v1/rules/never", hotRule("never"), fresh)).status).toBe(404);
});

it("creates once when several create at the same time", async () => {
  const writes = await Promise.all(
    Array.from({ length: 5 }, () => rules.call("POST", "/api/v1/rules", hotRule("raced"))),
  );
  expect(writes.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409]);
});

it("lists by id, page by page, and by state", async () => {
  for (const id of ["list-a", "list-b", "list-c"]) await rules.call("POST", "/api/v1/rules", hotRule(id));
  await rules.call("POST", "/api/v1/rules/list-b/enable");
  const ids: string[] = [];
  let query = "?limit=2";
  for (;;) {
    const { body } = await rules.call("GET", `/api/v1/rules${query}`);
    ids.push(...body.items.map(({ id }: { id: string }) => id));
    if (body.next === null) break;
    query = `?limit=2&cursor=${body.next}`;
  }
  expect(ids).toEqual(ids.toSorted());
  expect(ids).toEqual(expect.arrayContaining(["list-a", "list-b", "list-c"]));
  const live = await rules.call("GET", "/api/v1/rules?state=live");
  expect(live.body.items.map(({ id }: { id: string }) => id)).toEqual(["list-b"]);
});

it("refuses to wait for a position that was never written, and filters by values that there cannot be", async () => {
  for (const after of ["rules.v1/99/0", "rules.v1/0/999999", "telemetry.v1/0/0", "rules.v1"]) {
    const { status, body } = await rules.call("GET", `/api/v1/rules?after=${encodeURIComponent(after)}`);
    expect([status, body.code]).toEqual([400, after === "rules.v1" ? "invalid-position" : "unknown-position"]);
  }
  for (const query of ["severity=hot", "state=hot", "shadow=maybe", "from=now&to=-1h"]) {
    expect((await rules.call("GET", `/api/v1/alerts?${query}`)).status, query).toBe(400);
  }
});

it("publishes its schema and describes itself", async () => {
  const schema = await rules.call("GET", "/api/v1/rules/schema");
  expect(schema.body).toMatchObject({ title: "A Headwater rule", type: "object" });
  const { body } = await rules.call("GET", "/api/v1/openapi.json");
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(["/api/v1/rules", "/api/v1/rules/{id}/enable", "/api/v1/alerts/{id}/why"]),
  );
});

it("carries CloudEvents headers on rules.v1", async () => {
  for await (const batch of on.log.read(on.topics.rules, 0)) {
    const [first] = batch.records;
    const headers = Object.fromEntries(
      Object.entries(first!.headers).map(([name, value]) => [name, Buffer.from(value).toString()]),
    );
    const event = events.rule.decode(first!.value!);
    expect(headers).toMatchObject({ ce_type: "io.headwater.rule.v1", ce_id: event.writeId, ce_specversion: "1.0" });
    return;
  }
  expect.unreachable("rules.v1 is empty");
});

function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level += 1) {
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ")}]`);
  }
  return lines.join("\n");
}
