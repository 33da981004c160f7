import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { LogUnavailableError } from "@headwater/event-log";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { startFaultyLog } from "./faulty-log.ts";
import { HttpGateway } from "./http-gateway.ts";

let http: HttpGateway;
let login: string;

async function start(env: Record<string, string> = {}, limits = {}): Promise<void> {
  http = await HttpGateway.start(env, {}, limits);
  login = `d:${await http.gateway.register("d")}`;
}

describe("POST /api/v1/telemetry is bounded:", () => {
  afterEach(() => http.stop());

  it("a body that is too large, also one that is small while it is compressed", async () => {
    await start({ HEADWATER_MQTT_MAX_PACKET_BYTES: String(16 * 1024) });
    // Small enough to be on its way whole: the connection ends with the answer.
    const large = await http.send(`{"t":"${"x".repeat(20 * 1024)}"}`, login);
    expect(large).toMatchObject({ status: 413, body: { code: "body-too-large" } });
    // Without its end: whoever unpacked all of it would answer that it is damaged.
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024)).subarray(0, -8);
    const exploded = await http.send(bomb, login, { headers: { "content-encoding": "gzip" } });
    expect(exploded).toMatchObject({ status: 413, body: { code: "body-too-large" } });
    const damaged = gzipSync('{"a":1}').subarray(0, -8);
    expect((await http.send(damaged, login, { headers: { "content-encoding": "gzip" } })).status).toBe(400);
    const packed = await http.send(gzipSync('{"a":1}'), login, { headers: { "content-encoding": "gzip" } });
    expect(packed.body).toMatchObject({ readings: 1 });
  });

  it("bodies that come in no time, in pieces or whole", async () => {
    await start({}, { requestTimeoutMs: 500 });
    const token = Buffer.from(login).toString("base64");
    for (const framing of ["content-length: 100", "transfer-encoding: chunked"]) {
      const socket = connect(Number(new URL(http.url).port), "127.0.0.1");
      let answer = "";
      socket.on("data", (data) => (answer += data.toString()));
      socket.on("error", () => {});
      socket.write(
        `POST /api/v1/telemetry HTTP/1.1\r\nhost: x\r\nauthorization: Basic ${token}\r\n` +
          `content-type: application/json\r\n${framing}\r\n\r\n`,
      );
      await new Promise((resolve) => socket.once("close", resolve));
      expect(answer).toMatch(/^HTTP\/1.1 408 /);
    }
  });

  it("what one device sends at a time, and nobody else is held up by it", async () => {
    await start();
    const token = Buffer.from(login).toString("base64");
    const sockets = Array.from({ length: 100 }, () => {
      const socket = connect(Number(new URL(http.url).port), "127.0.0.1");
      socket.on("error", () => {});
      socket.write(
        `POST /api/v1/telemetry HTTP/1.1\r\nhost: x\r\nauthorization: Basic ${token}\r\n` +
          `content-type: application/json\r\ncontent-length: 9\r\n\r\n`,
      );
      return socket;
    });
    const other = `e:${await http.gateway.register("e")}`;
    const refused = await eventually(
      () => http.send('{"a":1}', login),
      ({ status }) => status === 429,
    );
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(refused.body).toMatchObject({ code: "too-many-messages" });
    expect((await http.send('{"a":1}', other)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  it("by the rates of a device", async () => {
    await start({ HEADWATER_MQTT_MAX_MESSAGE_RATE: "1", HEADWATER_MQTT_RATE_BURST_MS: "3000" });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await http.send('{"a":1}', login)).status);
    expect(statuses).toEqual([200, 200, 200]);
    // A slow machine may need so long for a few of them that the rate allows them.
    await eventually(async () => {
      const more = await Promise.all(Array.from({ length: 10 }, () => http.send('{"a":1}', login)));
      statuses.push(...more.map(({ status }) => status));
      expect(statuses).toContain(429);
    });
    const refused = await http.gateway.metric("headwater_gateway_refused_total", 'reason="too-many-messages"');
    expect(refused).toBe(statuses.filter((status) => status === 429).length);
  });
});

describe("POST /api/v1/telemetry without room", () => {
  it("is answered 503 until there is some; what was answered 200 is in the log, and nothing else", async () => {
    const faulty = await startFaultyLog();
    http = await HttpGateway.start(
      { HEADWATER_SPOOL_MAX_BYTES: String(1024 * 1024), HEADWATER_SPOOL_SEGMENT_BYTES: String(256 * 1024) },
      { durable: "spool", log: faulty.log, stopWithinMs: 3000 },
    );
    onTestFinished(async () => {
      faulty.heal();
      await http.stop();
      await faulty.remove();
    });
    login = `d:${await http.gateway.register("d")}`;
    expect((await http.send('{"i":-1}', login)).status).toBe(200);
    faulty.failWith(() => new LogUnavailableError("away"));
    const taken: number[] = [-1];
    const pad = "x".repeat(100_000);
    let refused;
    for (let i = 0; refused === undefined && i < 100; i += 1) {
      const answer = await http.send(`{"i":${i},"pad":"${pad}"}`, login);
      if (answer.status === 200) taken.push(i);
      else refused = answer;
    }
    expect(refused).toMatchObject({ status: 503, body: { code: "no-room" } });
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(taken.length).toBeGreaterThan(1);
    faulty.heal();
    await eventually(
      () => http.send('{"i":1000}', login),
      ({ status }) => status === 200,
    );
    const stored = await eventually(
      async () => (await http.gateway.events()).map(({ readings }) => readings[0]!.number),
      (numbers) => numbers.includes(1000),
    );
    expect(stored).toEqual([...taken, 1000]);
  });
});
