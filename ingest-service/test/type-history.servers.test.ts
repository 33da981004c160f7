import { eventually } from "@headwater/testkit/eventually";
import { describe, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { TestGateway } from "./gateway.ts";
import { openInfluxBackends } from "./influx-backends.ts";
import { typeHistorySuite } from "./type-history-suite.ts";

const t0 = 1_780_000_000_000_000;

describe("InfluxDB", () => {
  typeHistorySuite(openInfluxBackends, (subject) => {
    it("keeps what another writer's types stand in the way of in quarantine, with its reason, and all else", async () => {
      const { backends, service } = subject();
      // Of another program: an integer and a boolean where Headwater writes floats.
      await backends.writeLines(`telemetry,device=d1 level=1i,open=true ${t0}`);
      const gateway = new TestGateway(backends.log);
      await gateway.append(
        gateway.event("d1", t0 + 1, { level: 2, fine: 3 }),
        gateway.event("d1", t0 + 2, { level: 2.5, open: false }),
        gateway.event("d1", t0 + 3, { level: "text", fine: 4 }),
      );
      await gateway.markAll();
      await eventually(async () => {
        const { body } = await service.request<LedgerAnswer>("GET", "/api/v1/ledger?verify=true");
        expect(body, JSON.stringify(body)).toMatchObject({
          totals: { lag: 0, logged: 3, stored: 1, partlyStored: 1, quarantined: 1 },
          // What the other program wrote, and nothing else.
          verified: {
            expected: 3,
            mismatched: 2,
            mismatches: ["level", "open"].map((metric) => ({
              ...{ device: "d1", metric, expected: { count: 0 }, stored: { count: 1 } },
            })),
          },
        });
        expect(body.partitions.every(({ balanced }) => balanced)).toBe(true);
      });
      const { body } = await service.request<{ items: { reason: string; metrics: string[] }[] }>(
        "GET",
        "/api/v1/quarantine",
      );
      expect(body.items.map(({ metrics }) => metrics.length).toSorted()).toEqual([0, 1]);
      for (const { reason } of body.items) expect(reason).toMatch(/field type conflict/);
    });
  });
});
