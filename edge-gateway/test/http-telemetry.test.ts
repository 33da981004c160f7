import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { events } from "@headwater/proto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { LogUnavailableError } from "@headwater/event-log";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { startFaultyLog } from "./faulty-log.ts";
import { HttpGateway } from "./http-gateway.ts";
import { topics } from "./gateway-under-test.ts";

let http: HttpGateway;
let login: string;

async function start(env: Record<string, string> = {}, limits = {}): Promise<void> {
  http = await HttpGateway.start(env, {}, limits);
  login = `d:${await http.gateway.register("d")}`;
}

async function values(): Promise<unknown[]> {
  const taken = await http.gateway.events();
  return taken.flatMap(({ device, readings }) =>
    readings.map(({ metric, number, text }) => [device, metric, number ?? text]),
  );
}

describe("POST /api/v1/telemetry", () => {
  afterEach(() => http.stop());

  it("takes what MQTT takes, in every format, into the same log", async () => {
    await start();
    const sent: readonly (readonly [body: string | Uint8Array<ArrayBuffer>, type: string, query: string])[] = [
      ['{"a":1}', "application/json", ""],
      ['[{"ts":1780000000000,"values":{"b":2}},{"ts":1780000000001,"values":{"b":3}}]', "application/json", ""],
      ["t c=4", "text/plain", "?format=line"],
      ["5.5", "text/plain", "?metric=e"],
      ['[{"n":"f","v":6}]', "application/senml+json", ""],
      [new Uint8Array([0xa1, 0x61, 0x67, 0x07]), "application/cbor", ""],
      ['{"h":"8"}', "application/json", "?topic=v1/devices/me/telemetry"],
    ];
    const answers = [];
    for (const [body, type, query] of sent)
      answers.push(await http.send(body, login, { query, headers: { "content-type": type } }));
    expect(answers.map(({ status, body }) => [status, body["readings"], body["quarantined"]])).toEqual(
      [1, 2, 1, 1, 1, 1, 1].map((readings) => [200, readings, undefined]),
    );
    expect(answers.map(({ body }) => body["topic"])).toEqual([
      "devices/d/telemetry",
      "devices/d/telemetry",
      "devices/d/telemetry/line",
      "devices/d/telemetry/value/e",
      "devices/d/telemetry/senml",
      "devices/d/telemetry/cbor",
      "v1/devices/me/telemetry",
    ]);
    expect(new Set((await values()).map((value) => JSON.stringify(value)))).toEqual(
      new Set([
        ...[
          '["d","a",1]',
          '["d","b",2]',
          '["d","b",3]',
          '["d","t.c",4]',
          '["d","e",5.5]',
          '["d","f",6]',
          '["d","g",7]',
        ],
        '["d","h",8]',
      ]),
    );
  });

  it("sets aside what cannot be decoded, and says why", async () => {
    await start();
    const wrong = await http.send("not json", login);
    expect(wrong).toMatchObject({ status: 200, body: { readings: 0, repeated: false } });
    expect(wrong.body["quarantined"]).toMatch(/JSON/);
    const partly = await http.send('[{"n":"x","v":1},{"n":"y","v":"no"}]', login, { query: "?format=senml" });
    expect(partly.body).toMatchObject({ readings: 1, quarantined: expect.any(String) });
    const kept = await http.gateway.quarantined();
    expect(kept.map(({ device, mqttTopic }) => [device, mqttTopic])).toEqual([
      ["d", "devices/d/telemetry"],
      ["d", "devices/d/telemetry/senml"],
    ]);
    expect(Buffer.from(kept[0]!.payload).toString()).toBe("not json");
  });

  it("asks for the device's own login, and tells how", async () => {
    await start();
    const none = await http.send('{"a":1}', undefined);
    expect(none).toMatchObject({ status: 401, body: { code: "login-refused" } });
    expect(none.headers.get("www-authenticate")).toMatch(/^Basic /);
    for (const wrong of ["d:wrong", "e:x", "Bearer an-admin-token-for-tests-only", "d:", ":"]) {
      expect((await http.send('{"a":1}', wrong)).status, wrong).toBe(401);
    }
    const other = await http.send('{"a":1}', login, { query: "?device=e" });
    expect(other).toMatchObject({ status: 403, body: { code: "topic-not-allowed" } });
    expect(await values()).toEqual([]);
  });

  it("ends with the login: a device that is deleted, on the connection that it has", async () => {
    await start();
    expect((await http.send('{"a":1}', login)).status).toBe(200);
    await http.gateway.log.append(topics.devices, [
      { key: "d", value: events.device.encode({ id: "d", revision: 2, deleted: true }) },
    ]);
    await eventually(
      () => http.send('{"a":2}', login),
      ({ status }) => status === 401,
    );
  });

  it("takes the JWT of a device, until it has expired", async () => {
    const folder = await mkdtemp(join(tmpdir(), "http-jwt-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const keys = join(folder, "keys.json");
    await writeFile(keys, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" }] }));
    const issuer = { issuer: "https://id.example", keys, audience: "headwater", toleranceSeconds: 0 };
    await start({ HEADWATER_JWT_ISSUERS: JSON.stringify([issuer]) });
    const sign = (sub: string, exp: string): Promise<string> =>
      new SignJWT({ iss: issuer.issuer, aud: "headwater", sub })
        .setProtectedHeader({ alg: "ES256", kid: "k" })
        .setExpirationTime(exp)
        .sign(privateKey);
    const jwt = await sign("d", "1h");
    expect((await http.send('{"a":1}', `Bearer ${jwt}`)).body).toMatchObject({ readings: 1 });
    expect((await http.send('{"a":2}', `d:${jwt}`)).status).toBe(200);
    expect((await http.send('{"a":3}', `Bearer ${await sign("nobody", "1h")}`)).status).toBe(401);
    expect((await http.send('{"a":3}', `Bearer ${await sign("d", "-1m")}`)).status).toBe(401);
    expect(await values()).toEqual([
      ["d", "a", 1],
      ["d", "a", 2],
    ]);
  });

  it("lets anybody send where anybody may, who names a device", async () => {
    await start({ HEADWATER_MQTT_ANONYMOUS: "true" });
    expect(await http.send('{"a":1}', undefined)).toMatchObject({ status: 403, body: { code: "no-login" } });
    expect((await http.send('{"a":1}', undefined, { query: "?device=x" })).status).toBe(200);
    expect(await values()).toEqual([["x", "a", 1]]);
  });

  it("refuses what cannot be meant, and says what to do", async () => {
    await start();
    for (const [body, query] of [
      ["", ""],
      ["1", "?format=value"],
      ["1", "?format=value&metric=a/b"],
      ["1", "?format=value&metric=a%2B"],
      ["1", "?format=value&metric=a%00"],
      ["{}", "?format=json&metric=a"],
      ["{}", "?topic=devices/d/%23"],
      ["{}", "?topic=devices/d/time/request"],
      ["{}", "?topic=$x"],
      ["{}", "?topic=devices/d/telemetry&format=json"],
      ["{}", "?format=xml"],
      ["{}", "?colour=red"],
    ] as const) {
      const answer = await http.send(body, login, { query });
      expect([answer.status, typeof answer.body["detail"]], `${body} ${query}`).toEqual([400, "string"]);
    }
    expect(await values()).toEqual([]);
    expect(await http.gateway.quarantined()).toEqual([]);
  });

  it("asks what a body is if its type does not say so", async () => {
    await start();
    for (const type of ["text/plain", "application/octet-stream", "application/xml"]) {
      const answer = await http.send("a b=1", login, { headers: { "content-type": type } });
      expect(answer, type).toMatchObject({ status: 415, body: { code: "unsupported-media-type" } });
      expect(
        (await http.send("a b=1", login, { query: "?format=line", headers: { "content-type": type } })).status,
      ).toBe(200);
    }
  });

  describe("with an Idempotency-Key", () => {
    const keyed = (key: string) => ({ headers: { "idempotency-key": key } });

    it("takes a message once, also of those that come together and after a restart", async () => {
      await start();
      const answers = await Promise.all(Array.from({ length: 5 }, () => http.send('{"a":1}', login, keyed("k1"))));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      expect(answers.filter(({ body }) => body["repeated"] === false)).toHaveLength(1);
      await http.send("rubbish", login, keyed("k2"));
      await http.restart();
      expect((await http.send('{"a":1}', login, keyed("k1"))).body).toMatchObject({ repeated: true });
      expect((await http.send("rubbish", login, keyed("k2"))).body).toMatchObject({ repeated: true });
      expect((await http.send('{"a":1}', login, keyed("k3"))).body).toMatchObject({ repeated: false, readings: 1 });
      expect(await values()).toEqual([
        ["d", "a", 1],
        ["d", "a", 1],
      ]);
      expect(await http.gateway.quarantined()).toHaveLength(1);
    });

    it("refuses another message under it, and keys of others are others", async () => {
      await start();
      await http.send('{"a":1}', login, keyed("k"));
      const reused = await http.send('{"a":2}', login, keyed("k"));
      expect(reused).toMatchObject({ status: 409, body: { code: "idempotency-key-reused" } });
      const other = `e:${await http.gateway.register("e")}`;
      expect((await http.send('{"a":2}', other, keyed("k"))).body).toMatchObject({ repeated: false });
      expect((await http.send('{"a":2}', login, keyed(""))).status).toBe(400);
      expect(await values()).toHaveLength(2);
    });
  });

  describe("is bounded:", () => {
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
