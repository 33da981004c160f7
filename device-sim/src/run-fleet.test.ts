import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { FleetSpec } from "./fleet/fleet-schema.ts";
import { fleetOf } from "./fleet/fleet.ts";
import { PacketReader } from "./mqtt/packet-reader.ts";
import { acknowledgement, packet, packetType } from "./mqtt/packets.ts";
import { SimulationError } from "./errors.ts";
import { type FleetRun, runFleet } from "./run-fleet.ts";
import type { StoredDevice, StoreReader } from "./verdict/readers/reader.ts";

/** A broker of MQTT 3.1.1 that lets everybody in and acknowledges whatever comes. */
async function broker(): Promise<string> {
  const server = createServer((socket) => {
    const reader = new PacketReader((first, body) => {
      const type = first >>> 4;
      if (type === 1) socket.write(packet(0x20, [Buffer.from([0, 0])]));
      else if (type === 8) socket.write(packet(0x90, [body.subarray(0, 2), Buffer.from([1])]));
      else if (type === packetType.publish)
        socket.write(acknowledgement(packetType.puback, body.readUInt16BE(2 + body.readUInt16BE(0))));
    });
    socket.on("data", (chunk) => reader.take(chunk));
    socket.on("error", () => undefined);
  });
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const metrics: NonNullable<FleetSpec["profiles"][string]["metrics"]> = { t: { shape: "constant", value: 9 } };
const spec: FleetSpec = {
  duration: "500ms",
  profiles: { a: { devices: 2, rate: "10/s", mqttVersion: "3.1.1", metrics } },
};

function run(url: string, expected: FleetSpec["expect"], more: Partial<FleetRun> = {}) {
  return runFleet({
    fleet: fleetOf({ ...spec, ...(expected && { expect: expected }) }, import.meta.dirname),
    ...{ target: { url }, api: undefined, prefix: "", share: [1, 1], threads: 1, settleMs: 10_000, probes: 1 },
    ...{ signal: new AbortController().signal, onState: () => undefined, onProgress: () => undefined },
    ...more,
  });
}

it("alerts that a fleet expects are unknown, and broken, where nobody is asked for them", async () => {
  const { expectations, holds, counts } = await run(await broker(), {
    alerts: [{ rule: "hot", metric: "t", above: 5 }],
  });
  expect(counts.acked).toBeGreaterThan(0);
  expect(expectations).toContainEqual({ name: "alerts of hot", wanted: "2", found: "unknown", holds: false });
  expect(holds).toBe(false);
});

it("a part of a fleet that has no device says so at once", async () => {
  const refused = run("mqtt://127.0.0.1:1", undefined, { share: [3, 4] });
  await expect(refused).rejects.toThrow("part 3/4 has no device, of 2 of the fleet");
});

/** A store that has everything, and breaks off in the middle of its first `failures` answers. */
function breakingStore(failures: number): StoreReader {
  return {
    async eachPoint({ sent: { times } }: StoredDevice, take) {
      for (const [i, time] of times.entries()) {
        if (i === 1 && failures-- > 0) throw new SimulationError("the connection broke");
        take(time, i + 1);
      }
    },
    latest: async () => new Map(),
    ...{ keepsText: true, pauseMs: 5 },
  };
}

it("a store that breaks off is asked again, and each point of it counts once", async () => {
  const verdict = await run(await broker(), { duplicated: 0 }, { results: { store: () => breakingStore(2) } });
  const { stored, storedUnknown, counts } = verdict;
  expect(stored).toMatchObject({ arrived: counts.acked, lost: 0, duplicated: 0 });
  expect(storedUnknown).toBeUndefined();
});

it("a store that does not answer leaves a verdict of the rest, in which what is lost is unknown", async () => {
  const store = breakingStore(Infinity);
  const verdict = await run(await broker(), {}, { results: { store: () => store }, settleMs: 1_000 });
  const { counts, holds, stored, storedUnknown, expectations } = verdict;
  expect([counts.acked > 0, holds, stored]).toEqual([true, false, undefined]);
  expect(storedUnknown).toBe("the connection broke");
  expect(expectations).toContainEqual({ name: "lost", wanted: "none", found: "unknown", holds: false });
});
