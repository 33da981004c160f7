import { ConfigError, sleep } from "@headwater/core";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { brokersFromEnvironment, KafkaGateway } from "../../edge-gateway/test/kafka-gateway.ts";
import { eventually } from "@headwater/testkit/eventually";
import { ResendingLoad } from "@headwater/testkit/resending-load";
import { settledVerdict, verdict } from "@headwater/testkit/log-verdict";

const devices = Array.from({ length: 10 }, (_, i) => `device-${i}`);
/** Nothing listens there: the port is reserved, and no system hands it out. */
const nobody = "127.0.0.1:1";
const diskBytes = 24 * 1024 * 1024;

const isRoot = process.getuid?.() === 0;
// A disk of a few megabytes takes a mount, and that takes root. CI has it; elsewhere the test says that it did not run.
if (!isRoot && process.env["CI"] === "true") throw new ConfigError("CI has to run as root, to mount a small disk");

let disk: string;
let gateway: KafkaGateway;
let load: ResendingLoad;
afterEach(async () => {
  load?.stop();
  await gateway?.kill("SIGKILL");
  execFileSync("umount", ["-l", disk]);
  await rm(disk, { recursive: true, force: true });
  await gateway?.close();
});

it.skipIf(!isRoot)(
  "a full disk (needs root): acknowledgements stop and nothing else; with room again all goes on, and nothing acknowledged is lost",
  async () => {
    disk = await mkdtemp(join(tmpdir(), "small-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskBytes}`, "tmpfs", disk]);
    gateway = await KafkaGateway.create(brokersFromEnvironment(), devices);
    gateway.dataDir = disk;
    await gateway.start();
    load = new ResendingLoad(devices, { port: gateway.frontPort, password: gateway.token }, 20);
    load.start();
    while (load.acked < 100) await sleep(10);
    await gateway.kill("SIGTERM");

    // Kafka is away, so that nothing leaves the disk; and something else fills the rest of it.
    await gateway.start({
      HEADWATER_KAFKA_BROKERS: nobody,
      HEADWATER_SPOOL_SEGMENT_BYTES: "1048576",
    });
    const before = load.acked;
    while (load.acked < before + 500) await sleep(10);
    const ballast = join(disk, "ballast");
    await writeFile(ballast, Buffer.alloc(diskBytes)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOSPC") throw error;
    });
    await eventually(async () =>
      expect(await gateway.ready()).toMatchObject({
        status: "not-ready",
        reasons: ["gateway: the spool cannot be written"],
      }),
    );
    const stalled = await settled(() => load.acked, 60_000);
    const pongs = load.devices.map((device) => device.pongs);
    const losses = load.losses;
    await sleep(11_000);
    await eventually(() => load.devices.forEach((device, i) => expect(device.pongs).toBeGreaterThan(pongs[i]! + 1)));
    expect(load.acked).toBe(stalled);
    expect(load.losses).toBe(losses);

    await rm(ballast);
    while (load.acked < stalled + 200) await sleep(10);
    await eventually(async () => expect(await gateway.ready()).toMatchObject({ status: "ready" }));
    await gateway.kill("SIGKILL");
    await gateway.start();
    await load.settle(120_000);
    const found = await settledVerdict(() => verdict(gateway.log, gateway.topics.telemetry, load), 120_000);
    expect(found).toMatchObject({ lost: [], reordered: [], taken2: [], holes: [], named: 0, epochs: 1 });
  },
);

/** The value once it has not changed for two seconds. */
async function settled(value: () => number, withinMs: number): Promise<number> {
  const deadline = performance.now() + withinMs;
  for (let last = value(); ; last = value()) {
    await sleep(2000);
    if (value() === last) return last;
    if (performance.now() > deadline) throw new RangeError(`still going on: ${last}`);
  }
}
