import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { topicSpecs } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { openEmbeddedStore } from "@headwater/time-series/embedded";
import { eventually } from "@headwater/testkit/eventually";
import { expect, it } from "vitest";
import { TestGateway } from "./gateway.ts";
import { partitions, startService, topics } from "./service.ts";

interface Ledger {
  readonly partitions: readonly {
    partition: number;
    logged: number;
    stored: number;
    quarantined: number;
    lag: number;
  }[];
}

it("projects what lies in partitions beyond the configured ones, and sets aside what cannot be read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ingest-further-"));
  const log = await openEmbeddedLog({ dataDir: join(folder, "log") });
  // As after `kafka-topics.sh --alter` on one topic: no other has a partition of that number.
  await log.ensureTopics(
    topicSpecs(partitions).map((spec) =>
      spec.name === topics.telemetry ? { ...spec, partitions: partitions + 1 } : spec,
    ),
  );
  const store = await openEmbeddedStore({ dataDir: join(folder, "store") });
  const service = await startService({ log, store, dataDir: folder });
  try {
    const event = new TestGateway(log).event("d1", 1_780_000_000_000_000, { x: 1 });
    const junk = { key: null, value: Buffer.from("somebody else's") };
    await log.append(
      topics.telemetry,
      [event, junk].map((record) => ({ ...record, partition: partitions })),
    );
    const rows = await eventually(
      async () => (await service.request<never>("GET", "/api/v1/ledger")).body as Ledger,
      ({ partitions: all }) => all.at(-1)?.partition === partitions && all.at(-1)?.lag === 0,
    );
    expect(rows.partitions.at(-1)).toMatchObject({ partition: partitions, logged: 2, stored: 1, quarantined: 1 });
  } finally {
    await service.app.stop();
    await service.http.close();
    await log.close();
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
