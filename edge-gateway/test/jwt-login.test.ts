import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWK } from "jose";
import { LogUnavailableError } from "@headwater/event-log";
import { silentLogger } from "@headwater/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JwtLogin } from "../src/devices/identity/jwt/jwt-login.ts";
import { DeviceLog } from "./device-log.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest, topics } from "./gateway-under-test.ts";

const issuer = "https://id.example";

describe("login with a JWT", () => {
  let server: Server;
  let served: { keys: JWK[] };
  let asked: number;
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let gateway: GatewayUnderTest;
  let devices: DeviceLog;

  beforeEach(async () => {
    keys = await generateKeyPair("ES256");
    served = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "ES256" }] };
    asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      response.end(JSON.stringify(served));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    await gateway.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const start = async (settings: object = {}): Promise<void> => {
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    const issuers = [{ issuer, keys: jwks, audience: "headwater", toleranceSeconds: 0, ...settings }];
    gateway = await GatewayUnderTest.start({ HEADWATER_JWT_ISSUERS: JSON.stringify(issuers) });
    devices = new DeviceLog(gateway.log, topics);
    await devices.register("pump");
  };
  const sign = (
    claims: object = {},
    options: { kid?: string; key?: typeof keys.privateKey; exp?: string | number } = {},
  ) =>
    new SignJWT({ iss: issuer, aud: "headwater", sub: "pump", ...claims })
      .setProtectedHeader({ alg: "ES256", kid: options.kid ?? "k1" })
      .setIssuedAt()
      .setExpirationTime(options.exp ?? "1h")
      .sign(options.key ?? keys.privateKey);
  const outcome = (username: string, token: string) =>
    gateway.connect(username, token).then(
      () => 0,
      (error: { code: number }) => error.code,
    );

  it("the device is the one that the token names; the user name is that or empty", async () => {
    await start();
    const token = await sign();
    const pump = await gateway.connect("pump", token);
    await pump.publishAsync("devices/pump/telemetry", '{"a":1}', { qos: 1 });
    expect(await outcome("", token)).toBe(0);
    expect(await outcome("valve", token)).toBe(4);
    expect(await outcome("", await sign({ sub: "valve" }))).toBe(4);
  });

  it("what is not signed by the issuer, not for this audience, not yet or no longer valid is refused", async () => {
    await start();
    const stranger = await generateKeyPair("ES256");
    const unsigned = new UnsecuredJWT({ iss: issuer, aud: "headwater", sub: "pump" }).setExpirationTime("1h").encode();
    const secret = Buffer.from(JSON.stringify(served.keys[0]));
    const confused = await new SignJWT({ iss: issuer, aud: "headwater", sub: "pump" })
      .setProtectedHeader({ alg: "HS256", kid: "k1" })
      .setExpirationTime("1h")
      .sign(secret);
    const wrong = {
      "another key": await sign({}, { key: stranger.privateKey }),
      "no signature": `${unsigned}AAAA`,
      "the public key as a secret": confused,
      "another audience": await sign({ aud: "other" }),
      "another issuer": await sign({ iss: "https://evil.example" }),
      "not yet": await sign({ nbf: Math.floor(Date.now() / 1000) + 600 }),
      expired: await sign({}, { exp: Math.floor(Date.now() / 1000) - 1 }),
      "no name": await sign({ sub: 7 }),
      "a name that is no id": await sign({ sub: "a/b" }),
      "cut off": (await sign()).slice(0, -4),
    };
    for (const [what, token] of Object.entries(wrong)) expect([what, await outcome("", token)]).toEqual([what, 4]);
  });

  it("its end is the end of the connection", async () => {
    await start();
    const pump = await gateway.connect("pump", await sign({}, { exp: Math.floor(Date.now() / 1000) + 9 }));
    await new Promise<void>((resolve) => pump.once("close", () => resolve()));
    const ends = await eventually(
      async () => (await gateway.presence()).flatMap(({ disconnected }) => disconnected?.reason ?? []),
      (reasons) => reasons.length > 0,
    );
    expect(ends).toEqual(["revoked"]);
  });

  it("a deleted device is out at once, whatever its token says", async () => {
    await start();
    const token = await sign();
    const pump = await gateway.connect("pump", token);
    const closed = new Promise<void>((resolve) => pump.once("close", () => resolve()));
    await devices.delete("pump");
    await closed;
    expect(await outcome("", token)).toBe(4);
  });

  it("another claim may name the device, an issuer be held to some ids, and create them", async () => {
    await start({ claim: "device_id", devices: "line4-*", createDevices: true });
    expect(await outcome("", await sign({ device_id: "line4-7" }))).toBe(0);
    expect(await outcome("", await sign({ device_id: "pump" }))).toBe(4);
    expect(await outcome("", await sign({ sub: "line4-8" }))).toBe(4);
  });

  it("keys that are known work from a cold start without the issuer and without the log", async () => {
    await start();
    expect(await outcome("", await sign())).toBe(0);
    await gateway.downGateway();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const { log } = gateway;
    gateway.log = new Proxy(log, {
      get(target, name) {
        if (name === "follow" || name === "positions")
          return async () => Promise.reject(new LogUnavailableError("away"));
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value as () => unknown).bind(target) : value;
      },
    });
    await gateway.upGateway({ durable: "spool" });
    expect(await outcome("", await sign())).toBe(0);
    gateway.log = log;
  });

  it("a key that is not known is asked for once, not with every login that makes one up", async () => {
    await start();
    expect(await outcome("", await sign())).toBe(0);
    const before = asked;
    const next = await generateKeyPair("ES256");
    const made = await Promise.all(
      Array.from({ length: 20 }, async (_, i) =>
        outcome("", await sign({}, { kid: `made-up-${i}`, key: next.privateKey })),
      ),
    );
    expect(made).toEqual(Array.from({ length: 20 }, () => 4));
    expect(asked - before).toBeLessThanOrEqual(1);
  });
});

it.each([
  ["http://id.example/jwks", /jwtIssuers\[0\]\.keys: .*has to be https/],
  ["https://", /is no address/],
])("an issuer whose keys are at %s ends the start", (where, message) => {
  expect(() => new JwtLogin([{ issuer, keys: where }], "unused", silentLogger)).toThrow(message);
});
