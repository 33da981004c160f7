import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { events } from "@headwater/proto";
import {
  alertEvents,
  commandEvents,
  enableRule,
  hotRule,
  platform,
  startService,
  type Answer,
  type Platform,
  type Service,
} from "./support/harness.ts";
import { expectExactlyTheOracle } from "./support/oracle.ts";
import { sendWaves } from "./support/waves.ts";

let on: Platform;
let rules: Service;

beforeEach(async () => {
  on = await platform();
  rules = await startService(on);
});

afterEach(async () => {
  await rules.stop();
  await on.close();
});

function start(body: Record<string, unknown>): Promise<Answer> {
  return rules.call("POST", "/api/v1/backtests", { from: "-1h", ...body });
}

async function ended(id: string): Promise<Answer["body"]> {
  return eventually(async () => {
    const { body } = await rules.call("GET", `/api/v1/backtests/${id}`);
    expect(["done", "failed", "cancelled"]).toContain(body.state);
    return body;
  });
}

async function backtest(body: Record<string, unknown>): Promise<Answer["body"]> {
  const { status, body: queued } = await start(body);
  expect(status, JSON.stringify(queued)).toBe(202);
  return ended(queued.id);
}

function timesOf(episodes: readonly Record<string, unknown>[]): unknown[] {
  return episodes
    .map(({ device, raisedAt, clearedAt, severity }) => [device, raisedAt, clearedAt ?? null, severity])
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe("a backtest", () => {
  it("finds for a draft what the rule, once it is live, raises and clears; and writes nothing", async () => {
    const condition = { metric: "temperature", above: { warning: 85, critical: 95 }, clearBelow: 80 };
    const draft = { ...hotRule("hot"), condition, severity: undefined };
    await enableRule(rules, draft);
    await sendWaves(on, 0, 40);
    await on.fleet.mark();
    const found = await backtest({ rule: { ...draft, id: "another" } });
    expect(found).toMatchObject({ state: "done", progress: 1, rule: { id: "another" } });
    expect(found.episodes.length).toBeGreaterThan(3);
    await eventually(async () => {
      const { body } = await rules.call("GET", "/api/v1/alerts?limit=1000");
      expect(timesOf(found.episodes)).toEqual(timesOf(body.items));
    });
    await expectExactlyTheOracle(on);
    const [alerts, commands] = [await alertEvents(on), await commandEvents(on)];
    expect((await backtest({ rule: { ...draft, id: "another" } })).difference).toBeUndefined();
    expect((await alertEvents(on)).length).toBe(alerts.length);
    expect((await commandEvents(on)).length).toBe(commands.length);
  });

  it("counts what it would derive and do again, and does neither", async () => {
    const before = Date.now() * 1000 - 60_000_000;
    const values = [20, 95, 96, 97, 98, 99];
    await on.fleet.append(
      values.map((value, at) => on.fleet.record("d", "temperature", value, before + at * 10_000_000).record),
    );
    await on.fleet.mark();
    const derived = await backtest({
      rule: { id: "k", derive: { metric: "kelvin", expression: "metrics.temperature" } },
    });
    expect(derived).toMatchObject({ state: "done", episodes: [], derived: [{ metric: "kelvin", count: 6 }] });
    expect(derived.notes).toContain("It would have derived 6 points of kelvin; none is written.");
    const actions = [{ derive: { metric: "alarm", value: 1 } }, { command: { name: "sound" }, repeat: "10s" }];
    const again = await backtest({ rule: { ...hotRule("again"), wait: "0s", actions } });
    expect(again).toMatchObject({ episodes: [{ device: "d" }], derived: [{ metric: "alarm", count: 1 }] });
    expect(again.repetitions).toEqual(expect.any(Number));
    expect(await commandEvents(on)).toEqual([]);
    expect(await alertEvents(on)).toEqual([]);
  });

  it("tells the difference to the live revision: new, gone, moved by how long", async () => {
    const now = Date.now() * 1000;
    const second = 1_000_000;
    const send = async (device: string, values: readonly (readonly [number, number])[]) => {
      await on.fleet.append(
        values.map(
          ([at, value]) => on.fleet.record(device, "temperature", value, now - 60 * second + at * second).record,
        ),
      );
    };
    await enableRule(rules, hotRule("hot"));
    await send("both", [
      [0, 70],
      [10, 85],
      [20, 95],
      [30, 70],
    ]);
    await send("new", [
      [0, 70],
      [10, 85],
      [20, 70],
    ]);
    const found = await backtest({
      rule: hotRule("hot", { condition: { metric: "temperature", op: ">", threshold: 80 } }),
    });
    expect(found.against).toMatchObject({ id: "hot", revision: 1 });
    expect(found.difference).toMatchObject({ new: 1, gone: 0, moved: 1, same: 0 });
    const [moved, added] = found.difference.items;
    expect(moved).toMatchObject({ kind: "moved", device: "both", raisedBySeconds: -10, clearedBySeconds: 0 });
    expect(added).toMatchObject({ kind: "new", device: "new" });
    const stricter = await backtest({
      rule: hotRule("hot", { condition: { metric: "temperature", op: ">", threshold: 99 } }),
    });
    expect(stricter.difference).toMatchObject({ new: 0, gone: 1, moved: 0, same: 0 });
    expect(stricter.difference.items[0]).toMatchObject({ kind: "gone", device: "both" });
    const itself = await backtest({ rule: "hot", against: "live" });
    expect(itself.difference).toMatchObject({ new: 0, gone: 0, moved: 0, same: 1, items: [] });
  });

  it("leaves out what people did by hand", async () => {
    await enableRule(rules, hotRule("hot"));
    await on.fleet.send("boiler", [70, 99]);
    const [alert] = await eventually(async () => {
      const { body } = await rules.call("GET", "/api/v1/alerts?state=open");
      expect(body.items).toHaveLength(1);
      return body.items;
    });
    await rules.call("POST", `/api/v1/alerts/${alert.id}/clear`);
    const found = await backtest({ rule: "hot" });
    expect(found.episodes).toHaveLength(1);
    expect(found.episodes[0].clearedAt).toBeUndefined();
  });

  it("judges by devices as they are now, and says so", async () => {
    await on.fleet.send("boiler", [99]);
    const rule = hotRule("hot", { selector: { types: ["boiler"] } });
    expect((await backtest({ rule })).episodes).toHaveLength(0);
    const record = {
      id: "boiler",
      revision: 1,
      type: "boiler",
      writeId: "w",
      updatedAt: 1,
      updatedBy: "somebody",
      createdAt: 1,
    };
    await on.log.append(on.topics.devices, [{ key: "boiler", value: events.device.encode(record) }]);
    const found = await backtest({ rule });
    expect(found.episodes).toHaveLength(1);
    expect(found.notes[0]).toContain("as they are now");
  });

  it("shows what was open at the start of the range, and nothing that had ended, without what it cannot know", async () => {
    await on.fleet.send("over", [70, 99, 60]);
    const [, raisedAt] = await on.fleet.send("open", [70, 99]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const from = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await on.fleet.send("open", [98]);
    await on.fleet.send("later", [70, 99]);
    const found = await backtest({ rule: hotRule("hot"), from });
    expect(found.episodes.map(({ device }: { device: string }) => device)).toEqual(["later", "open"]);
    const open = found.episodes[1];
    expect(Date.parse(open.raisedAt)).toBe(Math.floor(raisedAt! / 1000));
    // All of the log was seen, so nothing is uncertain but what began before the range.
    expect(found.certainFrom.slice(0, 23)).toBe(from.slice(0, 23));
    expect(found.episodes[0].uncertain).toBeUndefined();
  });

  it("has pages of its episodes, an ETag, and a list", async () => {
    for (let device = 0; device < 7; device += 1) await on.fleet.send(`d${device}`, [70, 99, 60, 99]);
    const found = await backtest({ rule: hotRule("hot") });
    expect(found.episodeCount).toBe(14);
    const seen: unknown[] = [];
    let next: string | null = "";
    while (next !== null) {
      const cursor: string = next === "" ? "" : `&cursor=${next}`;
      const { body } = await rules.call("GET", `/api/v1/backtests/${found.id}/episodes?limit=5${cursor}`);
      seen.push(...body.items);
      next = body.next;
    }
    expect(seen).toEqual(found.episodes);
    const path = `/api/v1/backtests/${found.id}`;
    const { headers } = await rules.call("GET", path);
    const again = await rules.call("GET", path, undefined, { "if-none-match": headers["etag"] as string });
    expect(again.status).toBe(304);
    const other = await backtest({ rule: hotRule("hot") });
    const { body: list } = await rules.call("GET", "/api/v1/backtests?limit=1");
    expect(list.items.map(({ id }: { id: string }) => id)).toEqual([other.id]);
    const second = await rules.call("GET", `/api/v1/backtests?limit=1&cursor=${list.next}`);
    expect(second.body.items.map(({ id }: { id: string }) => id)).toEqual([found.id]);
    expect((await rules.call("DELETE", path)).status).toBe(200);
    expect(await rules.call("GET", path)).toMatchObject({ status: 404, body: { code: "backtest-unknown" } });
  });

  it("is taken in YAML, and once under an Idempotency-Key", async () => {
    const yaml = "from: -1h\nrule:\n  condition: { metric: temperature, above: 90 }\n";
    const first = await rules.call("POST", "/api/v1/backtests", yaml, { "idempotency-key": "one" });
    const second = await rules.call("POST", "/api/v1/backtests", yaml, { "idempotency-key": "one" });
    expect(first).toMatchObject({ status: 202, body: { rule: { id: "draft" } } });
    expect(second.body.id).toBe(first.body.id);
    expect(first.headers["location"]).toBe(`/api/v1/backtests/${first.body.id}`);
  });

  it("is refused with what is wrong where", async () => {
    for (const [body, status, named] of [
      [{ rule: { condition: { metric: "t", above: "hot" } } }, 400, "/rule/condition/above"],
      [{ rule: hotRule("hot"), from: "-1h", to: "-2h" }, 400, "invalid-range"],
      [{ rule: hotRule("hot"), from: "yesterday" }, 400, "invalid-time"],
      [{ rule: "nothing" }, 404, "rule-unknown"],
      [{ rule: hotRule("hot"), against: "live" }, 409, "conflict"],
      [{ rule: hotRule("hot"), revision: 1 }, 400, "/revision"],
      [{ rule: hotRule("hot"), until: "now" }, 400, "until"],
      [{}, 400, "rule"],
    ] as const) {
      const answer = await start(body);
      expect(answer.status, JSON.stringify(answer.body)).toBe(status);
      expect(JSON.stringify(answer.body)).toContain(named);
    }
  });
});
