import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events } from "@headwater/proto";
import { registerDevice } from "@headwater/aggregates";
import { randomToken, sha256, sleep } from "@headwater/core";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startProcess } from "./embedded-gateway.ts";
import { eventually } from "@headwater/testkit/eventually";
import { laneProblems, readAll, topics } from "./gateway-under-test.ts";
import { ResendingDevice } from "./resending-device.ts";

/** A limit against hanging (milliseconds). */
const roundLimitMs = 120_000;
const ackedARound = 40;

it("what devices send again after kill -9 is in the log once", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "gateway-resend-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const token = randomToken();
  let gateway = await startProcess(dataDir);
  onTestFinished(async () => void (await gateway.end("SIGKILL")));
  await gateway.end("SIGKILL");
  const devices = ["a", "b", "c", "d"].map((name) => new ResendingDevice(name, 20));
  const log = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
  for (const { device: id } of devices) {
    const credential = { id: "c", kind: "token", hash: sha256(token), createdAt: 1, expiresAt: 0 };
    const event = registerDevice(undefined, { id, credentials: [credential] }, { at: 1, by: "test", writeId: id });
    await log.append(topics.devices, [{ key: id, value: events.device.encode(event) }]);
  }
  await log.close();

  for (let round = 1; round <= 6; round += 1) {
    gateway = await startProcess(dataDir);
    await Promise.all(devices.map((device) => device.connect(gateway.port("mqtt"), token)));
    // The kill comes at any moment of the work, but not before there was work.
    await eventually(
      () => Math.min(...devices.map(({ acked }) => acked.size)),
      (acked) => acked >= round * ackedARound,
      roundLimitMs,
    );
    await sleep(Math.random() * 200);
    await gateway.end("SIGKILL");
    for (const device of devices) device.cut();
  }
  gateway = await startProcess(dataDir);
  for (const device of devices) device.stop();
  await Promise.all(devices.map((device) => device.connect(gateway.port("mqtt"), token)));
  await eventually(
    () => devices.every(({ open }) => open === 0),
    (done) => done,
    roundLimitMs,
  );
  await gateway.end("SIGKILL");

  const after = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
  onTestFinished(() => after.close());
  const stored = new Map(devices.map(({ device }) => [device, [] as number[]]));
  for (const { value } of await readAll(after, topics.telemetry)) {
    const record = events.telemetry.decode(value!);
    if (record.readings.length > 0) stored.get(record.device)!.push(record.readings[0]!.number!);
  }
  for (const { device, sent, open } of devices) {
    expect(open).toBe(0);
    expect(sent).toBeGreaterThan(6 * ackedARound);
    expect(stored.get(device)).toEqual(Array.from({ length: sent }, (_, i) => i));
  }
  // Each device had messages open at each kill.
  expect(devices.reduce((sum, { resent }) => sum + resent, 0)).toBeGreaterThan(100);
  expect(await laneProblems(after)).toEqual([]);
});
