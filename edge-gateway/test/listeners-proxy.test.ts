import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWebSocketStream, WebSocket } from "ws";
import { TestAuthority, writeServerFiles } from "./certificates.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

const line = (source: string) => Buffer.from(`PROXY TCP4 ${source} 198.51.100.1 56324 1883\r\n`);
const binary = Buffer.from("0d0a0d0a000d0a515549540a2111000cc0000207c6336401dc0401bb", "hex");
const local = Buffer.from("0d0a0d0a000d0a515549540a20000000", "hex");

describe("behind a load balancer", () => {
  let folder: string;
  let authority: TestAuthority;
  let gateway: GatewayUnderTest;
  let token: string;
  const sockets: Socket[] = [];
  const start = async (env: Record<string, string> = {}) => {
    gateway = await GatewayUnderTest.start({
      ...(await writeServerFiles(folder, authority)),
      HEADWATER_MQTT_WS_PORT: "0",
      HEADWATER_MQTT_PROXY_PROTOCOL: "tcp,tls,ws,wss",
      ...env,
    });
    token = await gateway.register("d");
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "listeners-"));
    authority = await TestAuthority.create();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await gateway.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (transport: string, header: Buffer): Promise<Socket> => {
    const { port } = gateway.app.mqttAddresses.find((address) => address.transport === transport)!;
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    socket.write(header);
    return socket;
  };
  const secured = (socket: Socket) => connectTls({ socket, ca: authority.cert, servername: "localhost" });
  const webSocket = (socket: Socket, scheme: string) =>
    createWebSocketStream(
      new WebSocket(`${scheme}://localhost/mqtt`, "mqtt", { createConnection: () => socket, perMessageDeflate: false }),
    );
  const login = () => ({ clientId: "c", username: "d", password: token });
  const refused = (reason: string) => gateway.metric("headwater_gateway_refused_connections_total", `"${reason}"`);
  const lastAddress = async () => (await gateway.presence()).findLast(({ connected }) => connected)?.connected?.address;

  it("the client's address is the one of the header, over every transport and in both versions", async () => {
    await start();
    for (const [header, address] of [
      [line("203.0.113.9"), "203.0.113.9"],
      [binary, "192.0.2.7"],
      [local, "127.0.0.1"],
    ] as const) {
      for (const transport of ["tcp", "tls", "ws", "wss"]) {
        const socket = await open(transport, header);
        const line_ = transport === "tls" || transport === "wss" ? secured(socket) : socket;
        const stream = transport.startsWith("w") ? webSocket(line_, transport === "wss" ? "wss" : "ws") : line_;
        const device = await RawDevice.over(stream, login());
        expect(device.heard[0]).toMatchObject({ cmd: "connack", returnCode: 0 });
        device.publish("devices/d/telemetry", '{"a":1}');
        await device.until("puback");
        expect(await lastAddress(), transport).toBe(address);
        const ended = device.closed;
        device.cut();
        socket.destroy();
        await ended;
      }
    }
    expect(await gateway.events()).toHaveLength(12);
  });

  it("the header may come in pieces, and with what follows it in one", async () => {
    await start();
    const inPieces = await open("tcp", line("203.0.113.9").subarray(0, 7));
    await new Promise((resolve) => setTimeout(resolve, 20));
    inPieces.write(line("203.0.113.9").subarray(7, 30));
    await new Promise((resolve) => setTimeout(resolve, 20));
    inPieces.write(line("203.0.113.9").subarray(30));
    expect((await RawDevice.over(inPieces, login())).heard[0]).toMatchObject({ returnCode: 0 });

    const connectPacket = Buffer.from("100d00044d5154540402000000016e", "hex");
    const inOne = await open("tcp", Buffer.concat([line("203.0.113.10"), connectPacket]));
    const [answer] = (await once(inOne, "data")) as [Buffer];
    // CONNACK: no login at all.
    expect(answer.toString("hex")).toBe("20020005");
  });

  it("a connection without a header is refused, and so is one that is late with it", async () => {
    await start({ HEADWATER_MQTT_CONNECT_TIMEOUT_MS: "1500" });
    const without = await open("tcp", Buffer.from("100c00044d5154540402003c0000", "hex"));
    await once(without.resume(), "close");
    expect(await refused("proxy-header")).toBe(1);
    const late = await open("tls", line("203.0.113.9").subarray(0, 20));
    await once(late.resume(), "close");
    expect(await refused("proxy-header-late")).toBe(1);
    const silent = await open("ws", line("203.0.113.9"));
    await once(silent.resume(), "close");
    expect(await refused("websocket-late")).toBe(1);
  });

  it("only the load balancers that are named may speak for others", async () => {
    await start({ HEADWATER_MQTT_PROXY_FROM: "10.0.0.0/8" });
    const socket = await open("tcp", line("203.0.113.9"));
    await once(socket.resume(), "close");
    expect(await refused("proxy-not-trusted")).toBe(1);
  });

  it("the limit for an address counts the client's, and gives its places back", async () => {
    await start({ HEADWATER_MQTT_MAX_CONNECTIONS_PER_ADDRESS: "2" });
    const held = [
      await RawDevice.over(await open("tcp", line("203.0.113.9")), { ...login(), clientId: "1" }),
      await RawDevice.over(webSocket(await open("ws", line("203.0.113.9")), "ws"), { ...login(), clientId: "2" }),
    ];
    const third = await open("tcp", line("203.0.113.9"));
    await once(third.resume(), "close");
    expect(await refused("too-many-from-address")).toBe(1);
    const other = await RawDevice.over(await open("tcp", line("203.0.113.10")), { ...login(), clientId: "3" });
    expect(other.heard[0]).toMatchObject({ returnCode: 0 });
    for (const device of held) device.cut();
    await eventually(
      () => gateway.metric("headwater_gateway_connections"),
      (count) => count === 1,
    );
    const again = await RawDevice.over(await open("tcp", line("203.0.113.9")), login());
    expect(again.heard[0]).toMatchObject({ returnCode: 0 });
  });
});
