import { stat } from "node:fs";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

// A process that was stopped, or whose machine was suspended, goes on where it was in its turn of the event loop: it
// may come to its timers before it reads.

const keepalive = 1;
/** Longer than one and a half times that. */
const standstillMs = 1800;
const phases = {
  "after its immediates": (then: () => void) => setImmediate(then),
  "in the middle of what it was answered": (then: () => void) => stat("/", then),
};

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await GatewayUnderTest.start();
});
afterEach(() => gateway.stop());

it.each(
  Object.entries(phases).flatMap(([when, reach]) => ([4, 5] as const).map((version) => ({ when, reach, version }))),
)("what a device of MQTT $version said while the gateway stood still $when is read before it is missed", async (on) => {
  const password = await gateway.register("d");
  const will = { topic: "devices/d/telemetry", payload: Buffer.from('{"online":false}'), qos: 1, retain: false };
  const login = { username: "d", password, clientId: "c", keepalive, will, version: on.version };
  const device = await RawDevice.connect(gateway.app.mqttPort, login);
  await new Promise<void>((resolve) =>
    on.reach(() => {
      device.send({ cmd: "pingreq" });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, standstillMs);
      resolve();
    }),
  );
  await device.until("pingresp");
  // From then on it is silent.
  await device.closed;
  const presence = await eventually(
    () => gateway.presence(),
    (all) => all.some(({ disconnected }) => disconnected !== null),
  );
  expect(presence.filter(({ lastWill }) => lastWill !== null)).toHaveLength(1);
  expect(presence.flatMap(({ disconnected }) => disconnected?.reason ?? [])).toEqual(["keep-alive"]);
});
