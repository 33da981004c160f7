import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { issueServer, TestAuthority, type Issued } from "./certificates.ts";
import { eventually } from "@headwater/testkit/eventually";
import { RawDevice } from "./raw-device.ts";
import { closed, TlsScene } from "./tls-scene.ts";

let scene: TlsScene;
beforeEach(async () => {
  scene = await TlsScene.create();
});
afterEach(() => scene.close());

describe("MQTT over TLS", () => {
  it("is spoken in versions 1.2 and 1.3, with forward secrecy, and not in older ones", async () => {
    await scene.start();
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const socket = scene.dial({ minVersion: version, maxVersion: version });
      await once(socket, "secureConnect");
      expect([socket.getProtocol(), socket.authorized]).toEqual([version, true]);
      expect(socket.getCipher().name).toMatch(/GCM|CHACHA20/);
    }
    const old = scene.dial({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    await closed(old);
    const weak = scene.dial({ maxVersion: "TLSv1.2", ciphers: "AES128-SHA" });
    await closed(weak);
    await eventually(
      () => scene.refused("tls"),
      (count) => count >= 1,
    );
    expect((await scene.login())?.heard[0]).toMatchObject({ returnCode: 0 });
  });

  it("may be held to version 1.3", async () => {
    await scene.start({ HEADWATER_MQTT_TLS_MIN_VERSION: "TLSv1.3" });
    expect(await scene.login({ maxVersion: "TLSv1.2" })).toBeUndefined();
    expect(await scene.login()).toBeDefined();
  });

  it("sends the whole chain, and reads an encrypted key", async () => {
    const below = await scene.authority.intermediate("Below");
    const { cert, key, serial } = await issueServer(below);
    const encrypted = createPrivateKey(key).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "correct horse",
    }) as string;
    const chained = { cert: cert.trimEnd() + below.cert, key: encrypted, serial };
    await expect(scene.start({}, chained)).rejects.toThrow(/encrypted: is HEADWATER_MQTT_TLS_KEY_PASSPHRASE right\?/);
    await scene.start({ HEADWATER_MQTT_TLS_KEY_PASSPHRASE: "correct horse" }, chained);
    expect(await scene.login()).toBeDefined();
  });

  it("what is no TLS is cut, and what never finishes its handshake is cut in time", async () => {
    await scene.start({ HEADWATER_MQTT_CONNECT_TIMEOUT_MS: "4000" });
    const plain = await RawDevice.connect(scene.portOf("tls"), { clientId: "c" }).catch(() => undefined);
    expect(plain).toBeUndefined();
    expect(await scene.refused("tls")).toBe(1);
    const silent = connectTcp(scene.portOf("tls"), "127.0.0.1").on("error", () => {});
    await closed(silent.resume());
    expect(await scene.refused("tls-late")).toBe(1);
    const noConnect = scene.dial();
    await closed(noConnect.resume());
    expect(await scene.refused("connect-late")).toBe(1);
  });
});

describe("client certificates", () => {
  let good: Issued;
  let foreign: Issued;
  beforeEach(async () => {
    good = await scene.authority.issue({ subject: "CN=d" });
    foreign = await (await TestAuthority.create("Somebody")).issue({ subject: "CN=d" });
  });
  const mutual = (mode: "request" | "require", more: Record<string, string> = {}) =>
    scene.start({
      HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: mode,
      HEADWATER_MQTT_TLS_CA_FILE: join(scene.folder, "ca.pem"),
      ...more,
    });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("that are required are had, over %s", async (version) => {
    await mutual("require");
    const only = { minVersion: version, maxVersion: version };
    expect(await scene.login({ ...only, ...good })).toBeDefined();
    expect(await scene.login({ ...only, ...foreign })).toBeUndefined();
    expect(await scene.login(only)).toBeUndefined();
    const expired = await scene.authority.issue({ subject: "CN=d", lifetimeMs: -1000 });
    expect(await scene.login({ ...only, ...expired })).toBeUndefined();
    expect([
      await scene.refused("client-certificate-untrusted"),
      await scene.refused("client-certificate-missing"),
    ]).toEqual([2, 1]);
  });

  it("that are requested may be missing, but not be untrusted", async () => {
    await mutual("request");
    expect(await scene.login()).toBeDefined();
    expect(await scene.login(good)).toBeDefined();
    expect(await scene.login(foreign)).toBeUndefined();
  });

  it("cannot be got around by resuming a session that was refused", async () => {
    await mutual("require");
    for (const certificate of [{}, foreign]) {
      const sessions: Buffer[] = [];
      const first = scene.dial(certificate);
      first.on("session", (session) => sessions.push(session));
      await closed(first.resume());
      for (const session of sessions) expect(await scene.login({ session })).toBeUndefined();
    }
    const sessions: Buffer[] = [];
    const first = scene.dial(good);
    first.on("session", (session) => sessions.push(session));
    await eventually(
      () => sessions.length,
      (count) => count > 0,
    );
    const resumed = scene.dial({ session: sessions[0]! });
    await once(resumed, "secureConnect");
    expect(resumed.isSessionReused()).toBe(true);
    expect(await RawDevice.over(resumed, { clientId: "c", username: "d", password: scene.token })).toBeDefined();
  });

  it("that are revoked are refused, also from a session before the revocation", async () => {
    const list = join(scene.folder, "revoked.pem");
    await writeFile(list, await scene.authority.revoke());
    await mutual("require", { HEADWATER_MQTT_TLS_CRL_FILE: list });
    const sessions: Buffer[] = [];
    const before = scene.dial(good);
    before.on("session", (session) => sessions.push(session));
    const device = await RawDevice.over(before, { clientId: "c", username: "d", password: scene.token });
    expect(device.heard[0]).toMatchObject({ returnCode: 0 });
    await eventually(
      () => sessions.length,
      (count) => count > 0,
    );
    await writeFile(list, await scene.authority.revoke(good.serial));
    await eventually(
      () => scene.reloads("taken"),
      (count) => count === 1,
    );
    expect(await scene.login(good)).toBeUndefined();
    expect(await scene.login({ ...good, session: sessions[0]! })).toBeUndefined();
    expect(await scene.refused("client-certificate-untrusted")).toBe(2);
    expect(device.isClosed).toBe(false);
    const another = await scene.authority.issue({ subject: "CN=d" });
    expect(await scene.login(another)).toBeDefined();
  });
});
