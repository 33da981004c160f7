import { nowMicros } from "@headwater/core";
import { eventTypes, events } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openBackends, startService, type TestService, topics } from "./service.ts";

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

async function quarantine(ids: readonly string[], device: string): Promise<void> {
  const records = ids.map((id) => {
    const event = { id, device, at: nowMicros(), stage: "decode", payload: Buffer.from("a secret") };
    return {
      ...{ key: device, partition: 0, value: events.quarantine.encode(event) },
      headers: { ce_type: eventTypes.quarantine },
    };
  });
  await backends.log.append(topics.quarantine, records);
}

async function ids(): Promise<readonly string[]> {
  const { body } = await service.request<{ items: { id: string }[] }>("GET", "/api/v1/quarantine?limit=1000");
  return body.items.map(({ id }) => id).toSorted();
}

it("a device that is deleted with its data leaves none of its bytes in quarantine, and the next one keeps its own", async () => {
  const many = Array.from({ length: 2_500 }, (_, i) => `${i}`);
  await service.request("POST", "/api/v1/devices", { id: "gone" });
  await quarantine(many, "gone");
  await quarantine(["kept"], "other");
  await eventually(ids, (found) => found.includes("kept"));
  expect((await service.request("DELETE", "/api/v1/devices/gone?data=delete")).status).toBeLessThan(300);
  await eventually(ids, (found) => found.join() === "kept");
  await service.request("POST", "/api/v1/devices", { id: "gone" });
  await quarantine(["new"], "gone");
  await eventually(ids, (found) => found.join() === "kept,new");
  const one = await service.request("GET", "/api/v1/quarantine/0");
  expect([one.status, one.text.includes("secret")]).toEqual([404, false]);
  // The same from the log alone.
  await service.app.stop();
  rmSync(join(backends.folder, "ingest"), { recursive: true });
  service = await startService({ ...backends, dataDir: backends.folder });
  await eventually(ids, (found) => found.join() === "kept,new");
});

it("a device that is deleted without its data keeps what is in quarantine", async () => {
  await service.request("POST", "/api/v1/devices", { id: "gone" });
  await quarantine(["held"], "gone");
  await eventually(ids, (found) => found.length === 1);
  await service.request("DELETE", "/api/v1/devices/gone");
  await quarantine(["more"], "gone");
  await eventually(ids, (found) => found.join() === "held,more");
});
