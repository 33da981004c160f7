import { generate } from "mqtt-packet";
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";

describe("MQTT over WebSocket", () => {
  let gateway: GatewayUnderTest;
  let token: string;
  let port: number;
  const open: WebSocket[] = [];
  const start = async (env: Record<string, string> = {}) => {
    gateway = await GatewayUnderTest.start({
      HEADWATER_MQTT_WS_PORT: "0",
      HEADWATER_MQTT_WS_ORIGINS: "https://ops.example",
      ...env,
    });
    token = await gateway.register("d");
    port = gateway.app.mqttAddresses.find(({ transport }) => transport === "ws")!.port;
  };
  beforeEach(() => start());
  afterEach(async () => {
    for (const webSocket of open.splice(0)) webSocket.terminate();
    await gateway.stop();
  });

  const refused = (reason: string) => gateway.metric("headwater_gateway_refused_connections_total", `"${reason}"`);
  const dial = (path = "/mqtt", protocols: string[] = ["mqtt"], options: ClientOptions = {}): WebSocket => {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, options);
    webSocket.on("error", () => {});
    open.push(webSocket);
    return webSocket;
  };
  const opened = async (...args: Parameters<typeof dial>): Promise<WebSocket> => {
    const webSocket = dial(...args);
    await once(webSocket, "open");
    return webSocket;
  };
  /** The status with which the upgrade was refused. */
  const answerTo = async (...args: Parameters<typeof dial>): Promise<number> => {
    const [, response] = (await once(dial(...args), "unexpected-response")) as [unknown, { statusCode: number }];
    return response.statusCode;
  };
  const connectPacket = () =>
    generate({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: "w",
      keepalive: 0,
      username: "d",
      password: Buffer.from(token),
    });
  const publishPacket = (messageId: number, payload: string | Buffer) =>
    generate({ cmd: "publish", topic: "devices/d/telemetry", payload, qos: 1, messageId, dup: false, retain: false });

  it("is spoken as `mqtt` and `mqttv3.1`, on the paths that are configured, and without compression", async () => {
    const first = await opened("/mqtt", ["chat", "mqttv3.1", "mqtt"]);
    expect([first.protocol, first.extensions]).toEqual(["mqtt", ""]);
    expect((await opened("/?a=b", ["mqttv3.1"])).protocol).toBe("mqttv3.1");
    expect(await answerTo("/other")).toBe(404);
    expect(await answerTo("/mqtt", ["chat"])).toBe(400);
    expect(await answerTo("/mqtt", [])).toBe(400);
    expect([await refused("websocket-path"), await refused("websocket-subprotocol")]).toEqual([1, 2]);
  });

  it("is for the web pages that are named, and for what is no web page", async () => {
    await opened("/mqtt", ["mqtt"], { origin: "https://ops.example" });
    await opened("/mqtt", ["mqtt"]);
    expect(await answerTo("/mqtt", ["mqtt"], { origin: "https://evil.example" })).toBe(403);
    expect(await refused("websocket-origin")).toBe(1);
  });

  it("plain HTTP is told what is spoken here, and what is no HTTP is cut", async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/mqtt`);
    expect([answer.status, answer.headers.get("upgrade")]).toEqual([426, "websocket"]);
    const posted = await fetch(`http://127.0.0.1:${port}/mqtt`, { method: "POST", body: "x".repeat(100_000) }).catch(
      () => undefined,
    );
    expect([undefined, 426]).toContain(posted?.status);
    const raw = connect(port, "127.0.0.1");
    raw.on("error", () => {});
    raw.write(connectPacket());
    await once(raw.resume(), "close");
    expect(await refused("not-http")).toBe(1);
    await eventually(
      () => gateway.metric("headwater_gateway_open_connections", '"ws"'),
      (count) => count === 0,
    );
  });

  it("a packet may span frames, and a frame hold many packets", async () => {
    const webSocket = await opened();
    const heard: Buffer[] = [];
    webSocket.on("message", (data: Buffer) => heard.push(data));
    const hears = (bytes: number) =>
      eventually(
        () => Buffer.concat(heard),
        (all) => all.length >= bytes,
      );
    for (const byte of connectPacket()) webSocket.send(Buffer.from([byte]));
    await hears(4);
    webSocket.send(Buffer.concat([1, 2, 3, 4, 5].map((id) => publishPacket(id, `{"a":${id}}`))));
    const fragmented = publishPacket(6, '{"a":6}');
    webSocket.send(fragmented.subarray(0, 9), { fin: false });
    webSocket.send(fragmented.subarray(9), { fin: true });
    expect((await hears(4 + 6 * 4)).toString("hex")).toBe(
      `20020000${[1, 2, 3, 4, 5, 6].map((id) => `4002000${id}`).join("")}`,
    );
    expect(await gateway.events()).toHaveLength(6);
  });

  it("text frames end the connection (MQTT-6.0.0-1)", async () => {
    const webSocket = await opened();
    webSocket.send(connectPacket().toString("latin1"));
    const [code] = (await once(webSocket, "close")) as [number];
    expect(code).toBe(1003);
    expect(await refused("websocket-text-frame")).toBe(1);
  });

  it("a frame larger than the largest packet ends the connection and is not held", async () => {
    const webSocket = await opened();
    webSocket.send(Buffer.concat([connectPacket(), Buffer.alloc(300 * 1024)]));
    const [code] = (await once(webSocket, "close")) as [number];
    expect(code).toBe(1009);
    expect(await refused("websocket-protocol")).toBe(1);
  });

  it("bytes that are no frame end the connection alone", async () => {
    const raw = connect(port, "127.0.0.1");
    raw.on("error", () => {});
    raw.write(
      "GET /mqtt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
    );
    const [answer] = (await once(raw, "data")) as [Buffer];
    expect(answer.toString()).toContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    raw.write(Buffer.from("8205101234", "hex"));
    await once(raw.resume(), "close");
    expect(await refused("websocket-protocol")).toBe(1);
  });

  it("no CONNECT in time ends it, with a closing handshake", async () => {
    await gateway.stop();
    await start({ HEADWATER_MQTT_CONNECT_TIMEOUT_MS: "4000" });
    const webSocket = await opened();
    const [code] = (await once(webSocket, "close")) as [number];
    expect([1000, 1005, 1006]).toContain(code);
    expect(await refused("connect-late")).toBe(1);
  });

  it("ends with the gateway, telling so", async () => {
    const device = await gateway.connectTo(`ws://127.0.0.1:${port}/mqtt`, { username: "d", password: token });
    const closed = new Promise((resolve) => {
      device.once("close", () => resolve(undefined));
    });
    await gateway.downGateway();
    await closed;
    await gateway.upGateway();
  });
});
