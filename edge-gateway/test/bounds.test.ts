import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

let gateway: GatewayUnderTest;
afterEach(() => gateway.stop());

const anonymous = async (env: Record<string, string> = {}) => {
  gateway = await GatewayUnderTest.start({ HEADWATER_MQTT_ANONYMOUS: "true", ...env });
  return gateway;
};
const refused = (reason: string) => gateway.metric("headwater_gateway_refused_total", `reason="${reason}"`);
const raw = (clientId: string, options: { clean?: boolean; keepalive?: number } = {}) =>
  RawDevice.connect(gateway.app.mqttPort, { clientId, ...options });
const patience = 90_000;

describe("a subscriber that does not read", () => {
  const payload = Buffer.alloc(64 * 1024, "x");
  const count = 400;

  /** Subscribes, and reads nothing from its SUBACK on. */
  async function deaf(qos: number): Promise<{ socket: Socket; closed: () => boolean }> {
    const socket = connect(gateway.app.mqttPort, "127.0.0.1");
    let isClosed = false;
    socket.on("error", () => {});
    socket.on("close", () => (isClosed = true));
    socket.write(Buffer.from("100d00044d5154540402000000016e", "hex"));
    socket.write(Buffer.from([0x82, 6, 0, 1, 0, 1, 0x23, qos]));
    let heard = 0;
    await new Promise<void>((resolve) =>
      socket.on("data", (chunk) => {
        heard += chunk.length;
        if (heard >= 9) resolve();
      }),
    );
    socket.pause();
    return { socket, closed: () => isClosed };
  }

  /** One publishes, another hears everything. */
  async function publishToAll(qos: 0 | 1): Promise<{ heard: number }> {
    const [publisher, listener] = [await gateway.connect(), await gateway.connect()];
    let heard = 0;
    listener.on("message", () => (heard += 1));
    await listener.subscribeAsync("#", { qos: 1 });
    for (let sent = 0; sent < count; sent += 4) {
      await Promise.all(Array.from({ length: 4 }, () => publisher.publishAsync("t", payload, { qos })));
      // As fast as the one that reads; the other one reads nothing at all.
      await eventually(
        () => heard,
        (so) => so >= sent - 8,
        patience,
      );
    }
    await eventually(
      () => heard,
      (so) => so === count,
      patience,
    );
    return { heard };
  }

  it("stalls nobody: messages of QoS 0 are not kept for it", async () => {
    await anonymous();
    const { socket } = await deaf(0);
    expect(await publishToAll(1)).toEqual({ heard: count });
    expect(await gateway.metric("headwater_gateway_subscriber_dropped_total")).toBeGreaterThan(50);
    socket.destroy();
  });

  it("is cut when nothing has left for the time that is allowed", async () => {
    await anonymous({ HEADWATER_MQTT_STALL_TIMEOUT_MS: "500" });
    const { socket } = await deaf(0);
    expect(await publishToAll(0)).toEqual({ heard: count });
    expect(
      await eventually(
        () => refused("stalled-output"),
        (cut) => cut > 0,
        patience,
      ),
    ).toBe(1);
    socket.destroy();
  });

  it("of QoS 1 is cut when more waits for it than may, and nobody else notices", async () => {
    await anonymous();
    const { socket } = await deaf(1);
    expect(await publishToAll(1)).toEqual({ heard: count });
    expect(await refused("slow-subscriber")).toBe(1);
    socket.destroy();
  });

  it("its acknowledgements is cut too", async () => {
    await anonymous({ HEADWATER_MQTT_MAX_UNSENT_BYTES: String(64 * 1024) });
    const { socket } = await deaf(0);
    const pings = Buffer.alloc(256 * 1024, Buffer.of(0xc0, 0));
    const pump = (): void => {
      while (!socket.destroyed && socket.write(pings));
    };
    socket.on("drain", pump);
    pump();
    // A paused socket does not notice that the other side has closed; its writes do.
    expect(
      await eventually(
        async () => (await refused("unread-output")) + (await refused("stalled-output")) + Number(socket.destroyed),
        (cut) => cut > 0,
        patience,
      ),
    ).toBeGreaterThan(0);
    socket.destroy();
  });
});

describe("a subscriber that does not acknowledge", () => {
  it("is sent no more than its window at a time, in order", async () => {
    await anonymous({ HEADWATER_MQTT_MAX_INFLIGHT: "3" });
    const slow = await raw("slow");
    slow.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "t", qos: 1 }] });
    await slow.until("suback");
    const publisher = await gateway.connect();
    await Promise.all(Array.from({ length: 10 }, (_, i) => publisher.publishAsync("t", `${i}`, { qos: 1 })));
    await slow.until("publish", 3);
    for (let i = 0; i < 10; i += 1) {
      const packet = await slow.until("publish", i + 1);
      expect(slow.count("publish")).toBeLessThanOrEqual(i + 3);
      expect(packet).toMatchObject({ messageId: i + 1, payload: Buffer.from(`${i}`) });
      slow.send({ cmd: "puback", messageId: i + 1 });
    }
  });

  it("is cut when more waits for it than may", async () => {
    await anonymous({ HEADWATER_MQTT_MAX_INFLIGHT: "3", HEADWATER_MQTT_MAX_QUEUED_MESSAGES: "5" });
    const slow = await raw("slow");
    slow.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "t", qos: 1 }] });
    await slow.until("suback");
    const publisher = await gateway.connect();
    for (let i = 0; i < 9; i += 1) await publisher.publishAsync("t", `${i}`, { qos: 1 });
    await slow.closed;
    expect(await refused("slow-subscriber")).toBe(1);
  });
});

describe("what is kept for later", () => {
  it("offline queues are bounded in messages and in bytes, and what they hold is delivered", async () => {
    await anonymous({ HEADWATER_MQTT_MAX_QUEUED_MESSAGES: "5", HEADWATER_MQTT_MAX_QUEUED_BYTES: "1024" });
    let away = await raw("away", { clean: false });
    away.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "t/#", qos: 1 }] });
    await away.until("suback");
    away.cut();
    const publisher = await gateway.connect();
    await eventually(
      () => gateway.metric("headwater_gateway_connections"),
      (connections) => connections === 1,
    );
    for (let i = 0; i < 3; i += 1) await publisher.publishAsync("t/a", `${i}`, { qos: 1 });
    await publisher.publishAsync("t/a", "x".repeat(1100), { qos: 1 });
    for (let i = 3; i < 9; i += 1) await publisher.publishAsync("t/a", `${i}`, { qos: 1 });
    away = await raw("away", { clean: false });
    await away.until("publish", 5);
    away.send({ cmd: "pingreq" });
    await away.until("pingresp");
    const payloads = away.heard.flatMap((packet) => (packet.cmd === "publish" ? [String(packet.payload)] : []));
    expect(payloads).toEqual(["0", "1", "2", "3", "4"]);
    expect(await refused("queued-messages")).toBe(5);
  });

  it("retained messages are bounded, and none is older than the last that was said", async () => {
    await anonymous({ HEADWATER_MQTT_MAX_RETAINED: "2", HEADWATER_MQTT_MAX_RETAINED_BYTES: "100" });
    const publisher = await gateway.connect();
    const retain = (topic: string, payload: string) => publisher.publishAsync(topic, payload, { qos: 1, retain: true });
    await retain("a", "1");
    await retain("b", "1");
    await retain("c", "1");
    await retain("b", "x".repeat(200));
    const late = await gateway.connect();
    const heard: string[] = [];
    late.on("message", (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
    await late.subscribeAsync("#");
    await publisher.publishAsync("end", "", { qos: 1 });
    await eventually(
      () => heard,
      (so) => so.includes("end "),
    );
    expect(heard).toEqual(["a 1", "end "]);
    expect(await refused("retained-messages")).toBe(2);
  });

  it("telemetry is not retained: the log remembers it", async () => {
    await anonymous();
    const publisher = await gateway.connect();
    const listener = await gateway.connect();
    await listener.subscribeAsync("#");
    await publisher.publishAsync("devices/d/telemetry", '{"a":1}', { qos: 1, retain: true });
    await publisher.publishAsync("note", "kept", { qos: 1, retain: true });
    const late = await raw("late");
    late.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "#", qos: 0 }] });
    expect(await late.until("publish")).toMatchObject({ topic: "note", retain: true });
    await publisher.publishAsync("end", "", { qos: 1 });
    expect(await late.until("publish", 2)).toMatchObject({ topic: "end" });
  });

  it("subscriptions of a session are bounded", async () => {
    await anonymous({ HEADWATER_MQTT_MAX_SUBSCRIPTIONS: "3" });
    let device = await raw("d", { clean: false });
    const topics = ["a", "b", "c", "d", "a"].map((topic) => ({ topic, qos: 1 as const }));
    device.send({ cmd: "subscribe", messageId: 1, subscriptions: topics });
    expect(await device.until("suback")).toMatchObject({ granted: [1, 1, 1, 128, 1] });
    device.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["b"] });
    await device.until("unsuback");
    device.send({ cmd: "subscribe", messageId: 3, subscriptions: [{ topic: "d", qos: 1 }] });
    expect(await device.until("suback", 2)).toMatchObject({ granted: [1] });
    device.cut();
    // What was refused is not there after a reconnect either.
    device = await raw("d", { clean: false });
    device.send({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [
        { topic: "b", qos: 1 },
        { topic: "c", qos: 1 },
      ],
    });
    expect(await device.until("suback")).toMatchObject({ granted: [128, 1] });
  });
});

describe("a client that sends too fast", () => {
  const publish = (device: RawDevice, messages: number) => {
    for (let i = 1; i <= messages; i += 1) device.publish("devices/d/telemetry", `{"i":${i}}`, { messageId: i });
  };

  it("is read more slowly, and loses neither its connection nor a message", async () => {
    await anonymous({ HEADWATER_MQTT_MAX_MESSAGE_RATE: "50", HEADWATER_MQTT_RATE_BURST_MS: "1000" });
    const device = await raw("d", { keepalive: 2 });
    const began = performance.now();
    publish(device, 300);
    await device.until("puback", 300, patience);
    // 50 at once and 250 at 50 a second: longer than its keep-alive allows it to be silent.
    expect(performance.now() - began).toBeGreaterThan(4500);
    expect((await gateway.events()).map(({ readings }) => readings[0]!.number)).toEqual(
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    expect(await gateway.metric("headwater_gateway_slowed_total")).toBeGreaterThan(1);
  });

  it("in bytes is slowed too", async () => {
    await anonymous({ HEADWATER_MQTT_MAX_BYTE_RATE: "4000", HEADWATER_MQTT_RATE_BURST_MS: "1000" });
    const device = await raw("d");
    const began = performance.now();
    for (let i = 1; i <= 12; i += 1) device.publish("some/topic", "x".repeat(1000), { messageId: i });
    await device.until("puback", 12, patience);
    expect(performance.now() - began).toBeGreaterThan(1500);
  });

  it("and goes on with it is cut", async () => {
    await anonymous({
      HEADWATER_MQTT_MAX_MESSAGE_RATE: "50",
      HEADWATER_MQTT_RATE_BURST_MS: "1000",
      HEADWATER_MQTT_RATE_PATIENCE_MS: "300",
    });
    const device = await raw("d");
    publish(device, 2000);
    await device.closed;
    expect(await refused("rate-exceeded")).toBe(1);
  });
});

describe("$SYS", () => {
  it("is closed to everybody", async () => {
    await anonymous();
    const token = await gateway.register("d");
    for (const login of [{}, { username: "d", password: token }]) {
      const device = await RawDevice.connect(gateway.app.mqttPort, { clientId: "c", ...login });
      const topics = ["$SYS/#", "$SYS/broker/uptime", "$share/g/$SYS/#", "$queue/$SYS/#", "$SYS/+/+"];
      device.send({
        cmd: "subscribe",
        messageId: 1,
        subscriptions: topics.map((topic) => ({ topic, qos: 0 as const })),
      });
      expect(await device.until("suback")).toMatchObject({ granted: topics.map(() => 128) });
      // Whoever writes there all the same is heard by nobody, and loses nothing else.
      device.publish("$SYS/broker/uptime", "1");
      await device.until("puback");
      device.cut();
    }
  });

  it("is not heard by those who hear everything", async () => {
    await anonymous();
    const all = await raw("all");
    all.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "#", qos: 0 }] });
    await all.until("suback");
    // aedes tells of clients and subscriptions on $SYS.
    const other = await gateway.connect();
    await other.subscribeAsync("x");
    await other.publishAsync("x", "1", { qos: 1 });
    await all.until("publish");
    expect(
      all.heard.filter(({ cmd }) => cmd === "publish").map((packet) => (packet as { topic: string }).topic),
    ).toEqual(["x"]);
  });
});
