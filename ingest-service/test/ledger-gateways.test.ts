import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { TestGateway } from "./gateway.ts";
import { openBackends, startService, type TestService } from "./service.ts";

const t0 = 1_780_000_000_000_000;
const device = "d1";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;

beforeEach(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
});
afterEach(async () => {
  await service.app.stop();
  await backends.close();
});

async function ledger(of = service): Promise<LedgerAnswer> {
  const { body } = await of.request<LedgerAnswer>("GET", "/api/v1/ledger");
  expect(body.totals.lag).toBe(0);
  return body;
}

const settled = () => eventually(() => ledger());

/** The same as another instance finds it, which has projected nothing and reads the log. */
async function recounted(): Promise<LedgerAnswer> {
  const dataDir = mkdtempSync(join(tmpdir(), "ingest-other-"));
  await service.app.stop();
  const other = await startService({ ...backends, dataDir });
  try {
    return await eventually(() => ledger(other));
  } finally {
    await other.app.stop();
    rmSync(dataDir, { recursive: true });
    service = await startService({ ...backends, dataDir: backends.folder });
  }
}

describe("the ledger by gateway", () => {
  it("says of each gateway what became of its events; together they are the totals", async () => {
    const [good, bad] = [new TestGateway(backends.log, { name: "north" }), new TestGateway(backends.log, { name: "south" })]; // prettier-ignore
    const first = good.event(device, t0, { t: 1 });
    await good.append(first, good.event("d2", t0, { t: 2 }), first, good.drop("d3", 2));
    bad.lose(device, 3);
    await bad.append(
      bad.event(device, t0 + 1, { t: 1, bad: "x".repeat(70_000) }),
      bad.event(device, t0 + 2, { bad: "x".repeat(70_000) }),
      { key: device, partition: bad.partitionOf(device), value: Buffer.from("no protobuf") },
    );
    await good.markAll();
    await bad.markAll();
    const answer = await settled();
    const rows = answer.gateways.map(({ receivedAt: _, ...row }) => row);
    const none = { received: 0, dropped: 0, missing: 0, unmarked: 0, logged: 0, stored: 0, partlyStored: 0, quarantined: 0, duplicate: 0, unexplained: 0 }; // prettier-ignore
    expect(rows).toEqual([
      { gateway: "north", balanced: true, ...none, received: 4, dropped: 2, logged: 3, stored: 2, duplicate: 1 },
      { gateway: "south", balanced: false, ...none, received: 5, missing: 3, logged: 2, partlyStored: 1, quarantined: 1, unexplained: 3 }, // prettier-ignore
      { balanced: true, ...none, logged: 1, quarantined: 1 },
    ]);
    for (const column of Object.keys(none) as (keyof typeof none)[]) {
      expect([column, rows.reduce((sum, row) => sum + row[column], 0)]).toEqual([column, answer.totals[column]]);
    }
    expect((await recounted()).gateways).toEqual(answer.gateways);
    expect((await settled()).gateways).toEqual(answer.gateways);
  });

  it("moves what is re-driven to another column of its gateway", async () => {
    await service.app.stop();
    service = await startService({ ...backends, dataDir: backends.folder, ingest: { seriesPerDevice: 1 } });
    const gateway = new TestGateway(backends.log, { name: "north" });
    const other = new TestGateway(backends.log, { name: "south" });
    await gateway.append(gateway.event(device, t0, { a: 1 }), gateway.event(device, t0 + 1, { b: 1, c: 1 }));
    await other.append(other.event(device, t0 + 2, { a: 1, b: 1 }));
    await gateway.markAll();
    await other.markAll();
    expect(await settled()).toMatchObject({
      gateways: [
        { gateway: "north", stored: 1, quarantined: 1, partlyStored: 0 },
        { gateway: "south", stored: 0, quarantined: 0, partlyStored: 1 },
      ],
    });
    const found = await service.request<{ items: { id: string; gateway: string }[] }>("GET", "/api/v1/quarantine");
    expect(found.body.items.map((item) => item.gateway).toSorted()).toEqual(["north", "south"]);
    await service.app.stop();
    service = await startService({ ...backends, dataDir: backends.folder });
    await service.request("POST", "/api/v1/quarantine/redrive", { all: true });
    const answer = await eventually(async () => {
      const now = await ledger();
      expect(now.totals).toMatchObject({ stored: 3, quarantined: 0, partlyStored: 0 });
      return now;
    });
    const rows = [
      { gateway: "north", balanced: true, stored: 2, quarantined: 0, partlyStored: 0 },
      { gateway: "south", balanced: true, stored: 1, quarantined: 0, partlyStored: 0 },
    ];
    expect(answer.gateways).toMatchObject(rows);
    expect((await recounted()).gateways).toMatchObject(rows);
  });
});
