import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events } from "@headwater/proto";
import { registerDevice } from "@headwater/aggregates";
import { randomToken, sha256, sleep } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { AckedLoad } from "./acked-load.ts";
import { startProcess } from "./embedded-gateway.ts";
import { laneProblems, readAll, topics } from "./gateway-under-test.ts";

/** A limit against hanging (milliseconds). */
const roundLimitMs = 120_000;
const ackedARound = 150;

it("kill -9 under load, again and again, loses nothing that was acknowledged", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "gateway-kill-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const devices = ["a", "b", "c", "d", "e"];
  const token = randomToken();
  let gateway = await startProcess(dataDir);
  onTestFinished(async () => void (await gateway.end("SIGKILL")));
  await gateway.end("SIGKILL");
  const log = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
  for (const id of devices) {
    const credential = { id: "c", kind: "token", hash: sha256(token), createdAt: 1, expiresAt: 0 };
    const event = registerDevice(undefined, { id, credentials: [credential] }, { at: 1, by: "test", writeId: id });
    await log.append(topics.devices, [{ key: id, value: events.device.encode(event) }]);
  }
  await log.close();

  const load = new AckedLoad(devices);
  for (let round = 1; round <= 4; round += 1) {
    gateway = await startProcess(dataDir);
    await load.start(gateway.url("mqtt"), () => token, 20);
    // The kill comes at any moment of the work, but not before there was work.
    await eventually(
      () => load.total,
      (acked) => acked >= round * ackedARound,
      roundLimitMs,
    );
    await sleep(Math.random() * 300);
    await gateway.end("SIGKILL");
    await load.stop(true);
  }
  const after = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
  onTestFinished(() => after.close());
  const stored = new Map(devices.map((device) => [device, [] as number[]]));
  const epochs = new Set<number>();
  for (const { value } of await readAll(after, topics.telemetry)) {
    const record = events.telemetry.decode(value!);
    epochs.add(record.epoch);
    if (record.readings.length > 0) stored.get(record.device)!.push(record.readings[0]!.number!);
  }
  for (const [device, acked] of load.acked) {
    const all = stored.get(device)!;
    expect([...acked].filter((i) => !all.includes(i))).toEqual([]);
    expect(all).toEqual(all.toSorted((x, y) => x - y));
  }
  expect(await laneProblems(after)).toEqual([]);
  expect(epochs.size).toBe(1);
});
