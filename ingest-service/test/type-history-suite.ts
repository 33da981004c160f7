import { eventually } from "@headwater/testkit/eventually";
import type { SeriesRow } from "@headwater/time-series";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { TestGateway, type Values } from "./gateway.ts";
import type { Backends } from "./rebuild-suite.ts";
import { startService, type TestService } from "./service.ts";

const t0 = 1_780_000_000_000_000;
const second = 1_000_000;

/** What a metric may have been in its life, in this order: nothing of it fights with what it was before. */
const history = [1, 1.5, "on", true, 2, "3", false, "", 2 ** 53, -0.1, 1e300, "true", 0, "on"];

/** A metric that changes its type, in every store. */
export function typeHistorySuite<B extends Backends>(
  open: () => Promise<B>,
  more?: (subject: () => { backends: B; service: TestService }) => void,
): void {
  let backends: B;
  let service: TestService;

  beforeEach(async () => {
    backends = await open();
    service = await startService({ ...backends, dataDir: backends.folder });
  });
  afterEach(async () => {
    await service.app.stop();
    await backends.close();
  });

  async function rows(kind: "number" | "text"): Promise<readonly SeriesRow[]> {
    const query = `metric=mode&kind=${kind}&from=${new Date(t0 / 1000).toISOString()}`;
    const answer = await service.request<{ points: SeriesRow[] }>("GET", `/api/v1/devices/d1/series?${query}`);
    expect(answer.status, answer.text).toBe(200);
    return answer.body.points;
  }

  it("has every value of a metric that was an integer, a fraction, a text and a boolean by turns", async () => {
    const gateway = new TestGateway(backends.log);
    const event = (mode: Values[string], n: number) => gateway.event("d1", t0 + n * second, { mode, other: n });
    await gateway.append(...history.map(event));
    await gateway.markAll();
    await eventually(async () => {
      const { body } = await service.request<LedgerAnswer>("GET", "/api/v1/ledger?verify=true");
      const readings = history.length * 2;
      expect(body, JSON.stringify(body)).toMatchObject({
        balanced: true,
        totals: { lag: 0, stored: history.length, partlyStored: 0, quarantined: 0, overwritten: 0 },
        verified: { expected: readings, stored: readings, mismatched: 0 },
      });
    });
    const at = (n: number): number => t0 / 1000 + n * 1000;
    const [numbers, texts]: [SeriesRow[], SeriesRow[]] = [[], []];
    history.forEach((value, n) => {
      if (typeof value === "string") texts.push([at(n), value]);
      else numbers.push([at(n), Number(value)]);
    });
    expect(await rows("number")).toEqual(numbers);
    expect(await rows("text")).toEqual(texts);
  });

  it("has both of a message that gives a metric as number and as text of one time", async () => {
    const gateway = new TestGateway(backends.log);
    const readings = [
      { metric: "mode", number: 7 },
      { metric: "mode", text: "seven" },
    ];
    await gateway.append(gateway.event("d1", t0, {}, { readings }));
    await eventually(async () => expect(await rows("text")).toEqual([[t0 / 1000, "seven"]]));
    expect(await rows("number")).toEqual([[t0 / 1000, 7]]);
  });

  more?.(() => ({ backends, service }));
}
