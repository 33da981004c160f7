import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestAuthority, writeServerFiles } from "./certificates.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

describe("the limits of all listeners together", () => {
  let folder: string;
  let authority: TestAuthority;
  let gateway: GatewayUnderTest;
  let token: string;
  const sockets: Socket[] = [];
  const start = async (env: Record<string, string>) => {
    folder = await mkdtemp(join(tmpdir(), "listeners-"));
    authority = await TestAuthority.create();
    gateway = await GatewayUnderTest.start({
      ...(await writeServerFiles(folder, authority)),
      HEADWATER_MQTT_WS_PORT: "0",
      ...env,
    });
    token = await gateway.register("d");
  };
  beforeEach(() => {
    sockets.length = 0;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const portOf = (transport: string) => gateway.app.mqttAddresses.find((it) => it.transport === transport)!.port;
  const open = async (transport: string): Promise<Socket> => {
    const socket = connectTcp(portOf(transport), "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    return socket;
  };
  const closed = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      socket.resume().once("close", () => resolve());
    });
  const sum = async (metric: string, labels: string) => gateway.metric(metric, labels);
  const openNow = async () => {
    let all = 0;
    for (const transport of ["tcp", "tls", "ws", "wss"]) {
      all += await sum("headwater_gateway_open_connections", `"${transport}"`);
    }
    return all;
  };

  it("places are shared, taken before anything is sent, and given back", async () => {
    await start({ HEADWATER_MQTT_MAX_CONNECTIONS: "4" });
    for (const transport of ["tcp", "tls", "ws", "wss"]) await open(transport);
    expect(await eventually(openNow, (count) => count === 4)).toBe(4);
    for (const transport of ["tcp", "tls", "ws", "wss"]) await closed(await open(transport));
    for (const transport of ["tcp", "tls", "ws", "wss"]) {
      expect(
        await sum(
          "headwater_gateway_refused_connections_total",
          `transport="${transport}",reason="too-many-connections"`,
        ),
      ).toBe(1);
    }
    for (const socket of sockets) socket.destroy();
    await eventually(openNow, (count) => count === 0);
    const device = await RawDevice.connect(portOf("tcp"), { clientId: "c", username: "d", password: token });
    expect(device.heard[0]).toMatchObject({ cmd: "connack", returnCode: 0 });
  });

  it("an address has so many and no more", async () => {
    await start({ HEADWATER_MQTT_MAX_CONNECTIONS_PER_ADDRESS: "3" });
    for (const transport of ["tcp", "tls", "ws"]) await open(transport);
    await eventually(openNow, (count) => count === 3);
    await closed(await open("tcp"));
    expect(await sum("headwater_gateway_refused_connections_total", '"too-many-from-address"')).toBe(1);
  });

  it("a crowd that connects and says nothing is gone in time, and those who work do not notice", async () => {
    await start({ HEADWATER_MQTT_CONNECT_TIMEOUT_MS: "6000", HEADWATER_MQTT_MAX_CONNECTIONS: "400" });
    const device = await RawDevice.connect(portOf("tcp"), { clientId: "c", username: "d", password: token });
    const crowd = await Promise.all(Array.from({ length: 300 }, (_, i) => open(["tcp", "tls", "ws", "wss"][i % 4]!)));
    const gone = Promise.all(crowd.map(closed));
    for (let i = 1; i <= 20; i += 1) {
      device.publish("devices/d/telemetry", '{"a":1}', { messageId: i });
      await device.until("puback", i);
    }
    await gone;
    let late = 0;
    for (const reason of ["connect-late", "tls-late", "websocket-late"]) {
      for (const transport of ["tcp", "tls", "ws", "wss"]) {
        late += await sum("headwater_gateway_refused_connections_total", `transport="${transport}",reason="${reason}"`);
      }
    }
    expect(late).toBe(300);
    expect(device.isClosed).toBe(false);
    expect(await eventually(openNow, (count) => count === 1)).toBe(1);
  });

  it("one that has logged in is not hurried any more", async () => {
    await start({ HEADWATER_MQTT_CONNECT_TIMEOUT_MS: "5000" });
    const device = await RawDevice.connect(portOf("tcp"), { clientId: "c", username: "d", password: token });
    await new Promise((resolve) => setTimeout(resolve, 5500));
    device.publish("devices/d/telemetry", '{"a":1}');
    await device.until("puback");
  });
});
