import { LogUnavailableError } from "@headwater/event-log";
import { sleep } from "@headwater/core";
import { events } from "@headwater/proto";
import { describe, expect, it } from "vitest";
import { startFaultyLog } from "./faulty-log.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";
import { publishes, subscribe } from "./command-receiver.ts";

describe("commands with three in flight", () => {
  it("come three at a time, in order", async () => {
    const gateway = await GatewayUnderTest.start({ HEADWATER_COMMANDS_IN_FLIGHT: "3" });
    try {
      const password = await gateway.register("valve");
      const device = await RawDevice.connect(gateway.app.mqttPort, { username: "valve", password, clientId: "c" });
      await subscribe(device);
      await gateway.requestCommands("valve", ["c-1", "c-2", "c-3", "c-4", "c-5"]);
      await device.until("publish", 3);
      await sleep(200);
      expect(publishes(device)).toHaveLength(3);
      device.send({ cmd: "puback", messageId: publishes(device)[1]!.messageId! });
      await device.until("publish", 4);
      expect(publishes(device).map(({ topic }) => topic.split("/").at(-1))).toEqual(["c-1", "c-2", "c-3", "c-4"]);
    } finally {
      await gateway.stop();
    }
  });
});

it("a command whose claim lands only after its deadline is not sent", async () => {
  const faulty = await startFaultyLog();
  const gateway = await GatewayUnderTest.start({}, { log: faulty.log });
  try {
    const password = await gateway.register("valve");
    const device = await RawDevice.connect(gateway.app.mqttPort, { username: "valve", password, clientId: "c" });
    await subscribe(device);
    faulty.failWith(
      () => new LogUnavailableError("away"),
      topics.commands,
      (value) => events.command.decode(value).claimed !== null,
    );
    await gateway.requestCommand("valve", "late", { name: "shut", ttlMs: 6000 });
    await eventually(
      () => gateway.metric("headwater_gateway_commands_total", 'what="claimed"'),
      (count) => count > 0,
    );
    await sleep(6100);
    faulty.heal();
    await gateway.requestCommand("valve", "good", { name: "shut" });
    await device.until("publish");
    expect(publishes(device).map(({ topic }) => topic)).toEqual(["devices/valve/commands/good"]);
  } finally {
    await gateway.stop();
    await faulty.remove();
  }
});
