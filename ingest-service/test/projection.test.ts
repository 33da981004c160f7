import { alertTransition, events, telemetryHeaders, type AlertInput } from "@headwater/proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { TestGateway } from "./gateway.ts";
import { eventually } from "@headwater/testkit/eventually";
import { openBackends, startService, type TestService, topics } from "./service.ts";

const t0 = 1_780_000_000_000_000;
const second = 1_000_000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let gateway: TestGateway;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  gateway = new TestGateway(backends.log);
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

const range = `from=${new Date(t0 / 1000 - 60_000).toISOString()}&to=${new Date(t0 / 1000 + 3_600_000).toISOString()}`;
async function points(device: string, metric: string) {
  const { body } = await service.request<{ points: [number, number | string][] }>(
    "GET",
    `/api/v1/devices/${device}/series?metric=${metric}&${range}`,
  );
  return body.points;
}
async function ledger(query = ""): Promise<LedgerAnswer> {
  return (await service.request<LedgerAnswer>("GET", `/api/v1/ledger${query}`)).body;
}

describe("telemetry", () => {
  it("reaches the store with its times and values", async () => {
    await gateway.append(
      gateway.event("d1", t0, { temperature: 21.5, on: true, note: "fine" }),
      gateway.event("d1", t0 + second + 1, { temperature: 22 }),
    );
    await eventually(async () =>
      expect(await points("d1", "temperature")).toEqual([
        [t0 / 1000, 21.5],
        [(t0 + second + 1) / 1000, 22],
      ]),
    );
    expect(await points("d1", "on")).toEqual([[t0 / 1000, 1]]);
    expect(await points("d1", "note")).toEqual([[t0 / 1000, "fine"]]);
    const latest = await service.request<{ values: Record<string, { value: unknown }> }>(
      "GET",
      "/api/v1/devices/d1/latest",
    );
    expect(Object.entries(latest.body.values).map(([metric, { value }]) => [metric, value])).toEqual([
      ["note", "fine"],
      ["on", 1],
      ["temperature", 22],
    ]);
  });

  it("balances", async () => {
    await gateway.markAll();
    const answer = await ledger("?verify=true");
    expect(answer, JSON.stringify(answer)).toMatchObject({
      balanced: true,
      totals: { received: 2, logged: 2, stored: 2, duplicate: 0, quarantined: 0, lag: 0, overwritten: 0 },
      verified: { readings: 4, expected: 4, stored: 4, mismatched: 0 },
    });
  });

  it("takes what lands twice once, and an older duplicate does not undo a newer value", async () => {
    const first = gateway.event("d2", t0, { x: 1 });
    const second = gateway.event("d2", t0, { x: 2 });
    await gateway.append(first, second, first, second, first);
    await eventually(async () => expect(await points("d2", "x")).toEqual([[t0 / 1000, 2]]));
    await gateway.markAll();
    const answer = await ledger("?verify=true");
    expect(answer, JSON.stringify(answer)).toMatchObject({
      balanced: true,
      totals: { logged: 7, stored: 4, duplicate: 3, overwritten: 1 },
    });
    expect((await ledger()).totals.overwritten).toBe(1);
  });

  it("names a gap that the gateway accounts for, and stays balanced", async () => {
    await gateway.append(gateway.drop("d1", 3), gateway.event("d1", t0 + 2 * second, { temperature: 23 }));
    await gateway.markAll();
    const answer = await eventually(async () => {
      const now = await ledger();
      expect(now.totals.stored).toBe(5);
      return now;
    });
    expect(answer).toMatchObject({ balanced: true, totals: { dropped: 3, unexplained: 0, missing: 0 } });
    expect(answer.gaps).toMatchObject([
      { partition: gateway.partitionOf("d1"), gateway: "g1", epoch: 7, from: 5, to: 7, reason: "drop-oldest" },
    ]);
  });

  it("keeps derived events in a column of their own", async () => {
    const value = events.telemetry.encode({
      device: "d1",
      eventTime: t0,
      receivedAt: t0,
      readings: [{ metric: "overheating", number: 1 }],
      derived: { rule: "hot", revision: 1, sourceGateway: "g1", sourceEpoch: 7, sourceN: 1 },
    });
    await backends.log.append(topics.telemetry, [{ key: "d1", value, headers: telemetryHeaders.derived }]);
    await eventually(async () => expect(await points("d1", "overheating")).toEqual([[t0 / 1000, 1]]));
    expect(await ledger("?verify=true")).toMatchObject({ balanced: true, totals: { derived: 1, stored: 5 } });
  });

  it("that cannot be read is quarantined with its bytes", async () => {
    const partition = gateway.partitionOf("d1");
    await backends.log.append(topics.telemetry, [{ key: "d1", partition, value: Buffer.from("no protobuf") }]);
    const answer = await eventually(async () => {
      const now = await ledger("?verify=true");
      expect(now.totals.quarantined).toBe(1);
      return now;
    });
    expect(answer).toMatchObject({ balanced: true, totals: { logged: 9, stored: 5, duplicate: 3 } });
    const { body } = await service.request<{ items: Record<string, unknown>[] }>("GET", "/api/v1/quarantine?device=d1");
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({
      stage: "decode",
      device: "d1",
      logTopic: "telemetry.v1",
      logPartition: partition,
      payload: Buffer.from("no protobuf").toString("base64"),
      metrics: [],
    });
  });

  it("that the store refuses in part is stored but for that", async () => {
    await gateway.append(gateway.event("d3", t0, { good: 1, bad: "x".repeat(70_000) }));
    await eventually(async () => expect(await points("d3", "good")).toEqual([[t0 / 1000, 1]]));
    const { body } = await eventually(async () => {
      const found = await service.request<{ items: Record<string, unknown>[] }>("GET", "/api/v1/quarantine?device=d3");
      expect(found.body.items).toHaveLength(1);
      return found;
    });
    expect(body.items[0]).toMatchObject({ stage: "store", metrics: ["bad"] });
    await gateway.markAll();
    expect(await ledger("?verify=true")).toMatchObject({ balanced: true, totals: { partlyStored: 1, stored: 5 } });
  });

  it("of several times in one event becomes a point each", async () => {
    const readings = [0, 5, 5, 10].map((ms, index) => ({
      metric: index === 2 ? "other" : "x",
      number: index,
      timeDelta: ms * 1000,
    }));
    await gateway.append(gateway.event("d4", t0, {}, { readings }));
    await eventually(async () =>
      expect(await points("d4", "x")).toEqual([
        [t0 / 1000, 0],
        [t0 / 1000 + 5, 1],
        [t0 / 1000 + 10, 3],
      ]),
    );
    expect(await points("d4", "other")).toEqual([[t0 / 1000 + 5, 2]]);
  });

  it("that is lost does not balance", async () => {
    gateway.lose("d1", 2);
    await gateway.append(gateway.event("d1", t0 + 9 * second, { temperature: 1 }));
    await gateway.markAll();
    const answer = await eventually(async () => {
      const now = await ledger();
      expect(now.totals.unexplained).toBe(2);
      return now;
    });
    expect(answer).toMatchObject({ balanced: false, totals: { missing: 2, unexplained: 2 } });
    expect(answer.gaps.filter((gap) => gap.reason === undefined)).toHaveLength(1);
  });
});

describe("alert transitions", () => {
  it("become points beside the data, once each", async () => {
    const raised = events.alert.encode({
      alertId: "a1",
      transition: 1,
      rule: "hot",
      device: "d1",
      kind: alertTransition.raised,
      severity: "critical",
      at: t0,
      metric: "temperature",
      value: 95,
      threshold: 90,
      raisedAt: t0,
    });
    await backends.log.append(topics.alerts, [
      { key: "d1", value: raised },
      { key: "d1", value: raised },
    ]);
    const tags = { device: "d1", rule: "hot", severity: "critical" };
    await eventually(async () => {
      const rows = await backends.store.latest("alerts", tags);
      expect(Object.fromEntries(rows.map(({ field, value }) => [field, value]))).toEqual({
        value: 95,
        threshold: 90,
        state: 1,
        transition: 1,
        shadow: 0,
        kind_text: "raised",
        alert_text: "a1",
        raisedAt: t0 / 1000,
      });
    });
  });

  it("say that an episode is over where it is, and nothing of that where somebody acknowledges it", async () => {
    const device = "d2";
    const append = (alertId: string, transition: number, more: Partial<AlertInput>) =>
      backends.log.append(topics.alerts, [
        {
          key: device,
          value: events.alert.encode({
            ...{ alertId, transition, rule: alertId, device, at: t0, raisedAt: t0 },
            ...more,
          }),
        },
      ]);
    const { raised, cleared, acknowledged, amended } = alertTransition;
    await append("by-hand", 1, { kind: raised });
    await append("by-hand", 0, { kind: cleared, cause: "hand", at: t0 + 1, clearedAt: t0 + 1, writeId: "w1" });
    await append("by-hand", 0, { kind: acknowledged, at: t0 + 2, writeId: "w2" });
    await append("retracted", 1, { kind: raised });
    await append("retracted", 2, { kind: amended, cause: "retracted", at: t0 + 1 });
    await append("still", 1, { kind: raised });
    await append("still", 2, { kind: amended, at: t0 + 1 });
    const states: Record<string, unknown> = {};
    await eventually(async () => {
      for (const rule of ["by-hand", "retracted", "still"]) {
        const rows = await backends.store.latest("alerts", { device, rule });
        const fields = Object.fromEntries(rows.map(({ field, value }) => [field, value]));
        states[rule] = [fields["kind_text"], fields["state"]];
      }
      expect(states).toEqual({
        "by-hand": ["acknowledged", 0],
        retracted: ["amended", 0],
        still: ["amended", 1],
      });
    });
  });
});
