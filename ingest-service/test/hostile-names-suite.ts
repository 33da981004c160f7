import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LedgerAnswer } from "../src/ledger/ledger.ts";
import { TestGateway, type Values } from "./gateway.ts";
import type { Backends } from "./rebuild-suite.ts";
import { startService, type TestService } from "./service.ts";

const t0 = 1_780_000_000_000_000;

const names = [
  "a b,c=d", " leading", "trailing ", "back\\slash", "\\", "new\nline", "nul\0", `"quoted"`, "'; DROP TABLE series; --",
  "time", "_time", "#comment", "__proto__", "constructor", "hasOwnProperty", "7", "%5C", "%", "../up", "a/b?c#d", "é☃😀",
  "state_text", "text_text_", "${danger}", `") |> drop(columns: ["_value"]) //`,
]; // oxfmt-ignore
const values: readonly Values[string][] = [
  0, -0, 1, -1, 0.1 + 0.2, 99_999_999.999999, 1e21, 1e-7, 5e-324, Number.MAX_VALUE, 2 ** 53, true, false,
  "", "%", "%%", `say "hi"\\n`, "new\nline", "\\", "é☃😀", "=1+1", "x".repeat(60_000),
]; // oxfmt-ignore

/** Whatever devices call themselves and what they measure, and say: log, ledger, store and answers agree. */
export function hostileNamesSuite(open: () => Promise<Backends>): void {
  let backends: Backends;
  let service: TestService;

  beforeEach(async () => {
    backends = await open();
    service = await startService({ ...backends, dataDir: backends.folder });
  });
  afterEach(async () => {
    await service.app.stop();
    await backends.close();
  });

  const readingOf = (metric: string, value: Values[string]) =>
    typeof value === "string" ? { metric, text: value } : { metric, number: Number(value) };

  it("are stored, found, verified and answered as they were sent, also after a restart", async () => {
    const gateway = new TestGateway(backends.log);
    const sent = names.map((device, n) => ({
      device,
      readings: names.map((metric, m) => ({ metric, value: values[(n + m) % values.length]! })),
    }));
    await gateway.append(
      ...sent.map(({ device, readings }, n) =>
        gateway.event(device, t0 + n, {}, { readings: readings.map(({ metric, value }) => readingOf(metric, value)) }),
      ),
    );
    await gateway.markAll();
    const agrees = () =>
      eventually(async () => {
        const { body } = await service.request<LedgerAnswer>("GET", "/api/v1/ledger?verify=true");
        const readings = names.length ** 2;
        expect(body, JSON.stringify(body).slice(0, 3000)).toMatchObject({
          balanced: true,
          totals: { lag: 0, stored: names.length, partlyStored: 0, quarantined: 0, overwritten: 0 },
          verified: { expected: readings, stored: readings, mismatched: 0 },
        });
      });
    await agrees();
    for (const { device, readings } of sent) {
      const answer = await service.request<{ values: object }>(
        "GET",
        `/api/v1/devices/${encodeURIComponent(device)}/latest`,
      );
      const found = Object.entries(answer.body.values as Record<string, { value: unknown }>);
      const expected = readings.map(({ metric, value }) => [metric, typeof value === "string" ? value : Number(value)]);
      const byName = ([a]: readonly unknown[], [b]: readonly unknown[]) => (String(a) < String(b) ? -1 : 1);
      // JSON has no -0.
      expect(found.map(([metric, { value }]) => [metric, value]).toSorted(byName)).toEqual(
        expected.map(([metric, value]) => [metric, value === 0 ? 0 : value]).toSorted(byName),
      );
    }
    await service.app.stop();
    service = await startService({ ...backends, dataDir: backends.folder });
    await agrees();
  });
}
