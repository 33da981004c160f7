import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { events } from "@headwater/proto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
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
});
