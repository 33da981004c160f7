import { nowMicros } from "@headwater/core";
import { eventTypes, events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, it } from "vitest";
import { openBackends, startService, type TestService, topics } from "./service.ts";

const day = 86_400_000_000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
beforeEach(async () => {
  backends = await openBackends();
});
afterEach(async () => {
  await service.app.stop();
  await backends.close();
});

async function start(): Promise<void> {
  service = await startService({ ...backends, dataDir: backends.folder, ingest: { quarantineDays: 1 } });
}

/** One entry for each, which has so many µs left when it is written; all in one batch of the log. */
async function quarantine(left: readonly number[]): Promise<void> {
  const records = left.map((each, i) => {
    const event = { id: `${i}`, at: nowMicros() - day + each, stage: "decode", payload: new Uint8Array(10) };
    return {
      ...{ key: "d", partition: 0, value: events.quarantine.encode(event) },
      headers: { ce_type: eventTypes.quarantine },
    };
  });
  await backends.log.append(topics.quarantine, records);
}

async function ids(): Promise<readonly string[]> {
  const { body } = await service.request<{ items: { id: string }[] }>("GET", "/api/v1/quarantine?limit=1000");
  return body.items.map(({ id }) => id);
}

it("lets an entry go when it is old enough, although nothing comes", async () => {
  await start();
  await quarantine([1_500_000, day / 2]);
  await eventually(ids, (found) => found.join() === "1");
});

it("lets go of more than it lets go of at once", async () => {
  await start();
  await quarantine([...Array.from({ length: 2_500 }, () => -1_000_000), day / 2]);
  await eventually(ids, (found) => found.join() === "2500");
});

it("lets an entry go that was there before a restart", async () => {
  await start();
  await quarantine([2_000_000, day / 2]);
  await eventually(ids, (found) => found.includes("1"));
  await service.app.stop();
  await start();
  await eventually(ids, (found) => found.join() === "1");
});
