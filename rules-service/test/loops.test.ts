import { afterAll, beforeAll, expect, it } from "vitest";
import { cloudEventHeaders, events, eventTypes } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { platform, startService, type Platform, type Service } from "./support/harness.ts";

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

const deriving = (id: string, from: string, metric: string, more: object = {}) => ({
  id,
  ...more,
  actions: [{ derive: { metric, expression: `metrics.${from} + 1.0`, from } }],
});

const save = (rule: object) => rules.call("POST", "/api/v1/rules", rule);

it("refuses a rule that closes a loop, with the way round, and takes chains", async () => {
  expect((await save(deriving("one", "a", "b"))).status).toBe(201);
  expect((await save(deriving("two", "b", "c"))).status).toBe(201);
  const { status, body } = await save(deriving("three", "c", "a"));
  expect(status).toBe(400);
  expect(body.errors).toEqual([
    {
      pointer: "/actions/0/derive/metric",
      detail:
        "makes a loop: three derives a, from which one derives b, from which two derives c, which three takes; " +
        "derive another metric, or revise or delete one or two",
    },
  ]);
  expect((await rules.call("POST", "/api/v1/rules/validate", deriving("three", "c", "a"))).body).toMatchObject({
    valid: false,
    errors: [{ pointer: "/actions/0/derive/metric" }],
  });
  expect((await save(deriving("three", "c", "d"))).status).toBe(201);
  const revised = await rules.call("PUT", "/api/v1/rules/one", deriving("one", "d", "b"));
  expect(revised).toMatchObject({ status: 400, body: { errors: [{ pointer: "/actions/0/derive/metric" }] } });
  const raising = {
    id: "four",
    condition: { absent: "1m", metric: "d" },
    actions: [{ derive: { metric: "a", value: 1 } }],
  };
  expect((await save(raising)).status).toBe(400);
});

it("refuses an import as a whole, tried or carried out, and takes one that turns a chain round", async () => {
  const loop = [deriving("i1", "x", "y"), { state: "live", rule: deriving("i2", "y", "x") }];
  for (const query of ["?dryRun=true", ""]) {
    const { status, body } = await rules.call("POST", `/api/v1/rules/import${query}`, loop);
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      "/0/actions/0/derive/metric",
      "/1/rule/actions/0/derive/metric",
    ]);
    expect((await rules.call("GET", "/api/v1/rules/i1")).status).toBe(404);
  }
  const chain = [deriving("i1", "x", "y"), deriving("i2", "y", "z")];
  const turned = [deriving("i1", "z", "y"), deriving("i2", "x", "z")];
  for (const state of ["draft", "live"]) {
    for (const each of [chain, turned]) {
      expect((await rules.call("POST", `/api/v1/rules/import?state=${state}`, each)).status).toBe(200);
    }
  }
});

it("forgets what a rule derived that is deleted, revised or was never saved", async () => {
  const tried = [deriving("t1", "k", "l"), deriving("t2", "l", "k")];
  expect((await rules.call("POST", "/api/v1/rules/import?dryRun=true", tried)).status).toBe(400);
  expect((await save(deriving("r1", "l", "k"))).status).toBe(201);
  expect((await save(deriving("r2", "k", "l"))).status).toBe(400);
  expect((await rules.call("DELETE", "/api/v1/rules/r1")).status).toBeLessThan(300);
  expect((await save(deriving("r2", "k", "l"))).status).toBe(201);
  expect((await save(deriving("r1", "l", "k"))).status).toBe(400);
  expect((await rules.call("PUT", "/api/v1/rules/r2", deriving("r2", "k", "m"))).status).toBeLessThan(300);
  expect((await save(deriving("r1", "l", "k"))).status).toBe(201);
  // A service that finds them saved knows as much.
  const other = await startService(on);
  try {
    const closing = deriving("r3", "m", "l");
    expect((await other.call("POST", "/api/v1/rules", closing)).status).toBe(400);
  } finally {
    await other.stop();
  }
});

/** As another instance would write it at the same time: without having seen the other rule. */
async function writeUnseen(event: Parameters<typeof events.rule.encode>[0] & { rule: string }): Promise<void> {
  const headers = cloudEventHeaders({
    type: eventTypes.rule,
    source: "/other",
    id: `${event.rule}/${event.sequence}`,
    time: 1,
  });
  await on.log.append(on.topics.rules, [
    { key: event.rule, value: events.rule.encode({ by: "other", at: 1, ...event }), headers },
  ]);
}

it("ignores the later of two events that would close one, and says so everywhere", async () => {
  for (const rule of [deriving("left", "m", "n"), deriving("right", "n", "m")]) {
    const created = { revision: 1, schema: 1, definition: JSON.stringify(rule) };
    await writeUnseen({ rule: rule.id, sequence: 1, created, writeId: rule.id });
  }
  await writeUnseen({ rule: "left", sequence: 2, enabled: {}, writeId: "left2" });
  await writeUnseen({ rule: "right", sequence: 2, enabled: {}, writeId: "right2" });
  const right = await eventually(
    async () => (await rules.call("GET", "/api/v1/rules/right")).body,
    (body) => body.ignored !== undefined,
  );
  expect(right).toMatchObject({
    state: "draft",
    ignored: {
      change: "enabled",
      by: "other",
      loop: [
        { rule: "right", metric: "m" },
        { rule: "left", metric: "n" },
      ],
      detail: "right derives m, from which left derives n, which right takes",
    },
  });
  await eventually(
    async () => (await rules.call("GET", "/api/v1/rules/left")).body.state,
    (state) => state === "live",
  );
  expect(await rules.call("POST", "/api/v1/rules/right/enable")).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining("right derives m, from which left derives n") as string },
  });
  expect(rules.app.warnings?.()).toEqual([expect.stringMatching(/rules\.v1: 1 record was skipped.*\(loop: .*right/)]);

  const again = await startService(on);
  expect((await again.call("GET", "/api/v1/rules/right")).body).toEqual(right);
  await again.stop();

  await rules.call("POST", "/api/v1/rules/left/disable");
  expect((await rules.call("POST", "/api/v1/rules/right/enable")).status).toBe(200);
  expect((await rules.call("GET", "/api/v1/rules/right")).body.ignored).toBeUndefined();
});
