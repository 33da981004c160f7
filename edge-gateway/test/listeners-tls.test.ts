import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { issueServer, TestAuthority, writeServerFiles, type Issued } from "./certificates.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { RawDevice } from "./raw-device.ts";

let folder: string;
let authority: TestAuthority;
let gateway: GatewayUnderTest | undefined;
let token: string;
const sockets: TLSSocket[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "listeners-"));
  authority = await TestAuthority.create();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway?.stop();
  gateway = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}, server?: Issued): Promise<GatewayUnderTest> {
  const files = await writeServerFiles(folder, authority, server);
  gateway = await GatewayUnderTest.start({ ...files, HEADWATER_MQTT_TLS_RELOAD_MS: "50", ...env });
  token = await gateway.register("d");
  return gateway;
}

function portOf(transport: string): number {
  return gateway!.app.mqttAddresses.find((address) => address.transport === transport)!.port;
}

function dial(options: ConnectionOptions = {}): TLSSocket {
  const socket = connect({ port: portOf("tls"), host: "127.0.0.1", ca: authority.cert, ...options });
  socket.on("error", () => {});
  sockets.push(socket);
  return socket;
}

/** A device that has logged in; undefined if it was not let in. */
async function login(options: ConnectionOptions = {}): Promise<RawDevice | undefined> {
  const socket = dial(options);
  await Promise.race([secured(socket), closed(socket)]);
  if (socket.destroyed) return undefined;
  try {
    return await RawDevice.over(socket, { clientId: "c", username: "d", password: token });
  } catch {
    return undefined;
  }
}

function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("secureConnect", () => resolve());
  });
}

function closed(socket: { once(event: "close", listener: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve());
  });
}

const refused = (reason: string) => gateway!.metric("headwater_gateway_refused_connections_total", `"${reason}"`);
const reloads = (outcome: string) => gateway!.metric("headwater_gateway_certificate_reloads_total", `"${outcome}"`);
const shown = async (options: ConnectionOptions = {}): Promise<string> => {
  const socket = dial(options);
  await once(socket, "secureConnect");
  return socket.getPeerX509Certificate()!.fingerprint256;
};

describe("MQTT over TLS", () => {
  it("is spoken in versions 1.2 and 1.3, with forward secrecy, and not in older ones", async () => {
    await start();
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const socket = dial({ minVersion: version, maxVersion: version });
      await once(socket, "secureConnect");
      expect([socket.getProtocol(), socket.authorized]).toEqual([version, true]);
      expect(socket.getCipher().name).toMatch(/GCM|CHACHA20/);
    }
    const old = dial({ minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    await closed(old);
    const weak = dial({ maxVersion: "TLSv1.2", ciphers: "AES128-SHA" });
    await closed(weak);
    await eventually(
      () => refused("tls"),
      (count) => count >= 1,
    );
    expect((await login())?.heard[0]).toMatchObject({ returnCode: 0 });
  });

  it("may be held to version 1.3", async () => {
    await start({ HEADWATER_MQTT_TLS_MIN_VERSION: "TLSv1.3" });
    expect(await login({ maxVersion: "TLSv1.2" })).toBeUndefined();
    expect(await login()).toBeDefined();
  });

  it("sends the whole chain, and reads an encrypted key", async () => {
    const below = await authority.intermediate("Below");
    const { cert, key, serial } = await issueServer(below);
    const encrypted = createPrivateKey(key).export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "correct horse",
    }) as string;
    const chained = { cert: cert.trimEnd() + below.cert, key: encrypted, serial };
    await expect(start({}, chained)).rejects.toThrow(/encrypted: is HEADWATER_MQTT_TLS_KEY_PASSPHRASE right\?/);
    await start({ HEADWATER_MQTT_TLS_KEY_PASSPHRASE: "correct horse" }, chained);
    expect(await login()).toBeDefined();
  });

  it("what is no TLS is cut, and what never finishes its handshake is cut in time", async () => {
    await start({ HEADWATER_MQTT_CONNECT_TIMEOUT_MS: "4000" });
    const plain = await RawDevice.connect(portOf("tls"), { clientId: "c" }).catch(() => undefined);
    expect(plain).toBeUndefined();
    expect(await refused("tls")).toBe(1);
    const silent = connectTcp(portOf("tls"), "127.0.0.1").on("error", () => {});
    await closed(silent.resume());
    expect(await refused("tls-late")).toBe(1);
    const noConnect = dial();
    await closed(noConnect.resume());
    expect(await refused("connect-late")).toBe(1);
  });
});

describe("client certificates", () => {
  let good: Issued;
  let foreign: Issued;
  beforeEach(async () => {
    good = await authority.issue({ subject: "CN=d" });
    foreign = await (await TestAuthority.create("Somebody")).issue({ subject: "CN=d" });
  });
  const mutual = (mode: "request" | "require", more: Record<string, string> = {}) =>
    start({
      HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: mode,
      HEADWATER_MQTT_TLS_CA_FILE: join(folder, "ca.pem"),
      ...more,
    });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("that are required are had, over %s", async (version) => {
    await mutual("require");
    const only = { minVersion: version, maxVersion: version };
    expect(await login({ ...only, ...good })).toBeDefined();
    expect(await login({ ...only, ...foreign })).toBeUndefined();
    expect(await login(only)).toBeUndefined();
    const expired = await authority.issue({ subject: "CN=d", lifetimeMs: -1000 });
    expect(await login({ ...only, ...expired })).toBeUndefined();
    expect([await refused("client-certificate-untrusted"), await refused("client-certificate-missing")]).toEqual([
      2, 1,
    ]);
  });

  it("that are requested may be missing, but not be untrusted", async () => {
    await mutual("request");
    expect(await login()).toBeDefined();
    expect(await login(good)).toBeDefined();
    expect(await login(foreign)).toBeUndefined();
  });

  it("cannot be got around by resuming a session that was refused", async () => {
    await mutual("require");
    for (const certificate of [{}, foreign]) {
      const sessions: Buffer[] = [];
      const first = dial(certificate);
      first.on("session", (session) => sessions.push(session));
      await closed(first.resume());
      for (const session of sessions) expect(await login({ session })).toBeUndefined();
    }
    const sessions: Buffer[] = [];
    const first = dial(good);
    first.on("session", (session) => sessions.push(session));
    await eventually(
      () => sessions.length,
      (count) => count > 0,
    );
    const resumed = dial({ session: sessions[0]! });
    await once(resumed, "secureConnect");
    expect(resumed.isSessionReused()).toBe(true);
    expect(await RawDevice.over(resumed, { clientId: "c", username: "d", password: token })).toBeDefined();
  });

  it("that are revoked are refused, also from a session before the revocation", async () => {
    const list = join(folder, "revoked.pem");
    await writeFile(list, await authority.revoke());
    await mutual("require", { HEADWATER_MQTT_TLS_CRL_FILE: list });
    const sessions: Buffer[] = [];
    const before = dial(good);
    before.on("session", (session) => sessions.push(session));
    const device = await RawDevice.over(before, { clientId: "c", username: "d", password: token });
    expect(device.heard[0]).toMatchObject({ returnCode: 0 });
    await eventually(
      () => sessions.length,
      (count) => count > 0,
    );
    await writeFile(list, await authority.revoke(good.serial));
    await eventually(
      () => reloads("taken"),
      (count) => count === 1,
    );
    expect(await login(good)).toBeUndefined();
    expect(await login({ ...good, session: sessions[0]! })).toBeUndefined();
    expect(await refused("client-certificate-untrusted")).toBe(2);
    expect(device.isClosed).toBe(false);
    const another = await authority.issue({ subject: "CN=d" });
    expect(await login(another)).toBeDefined();
  });
});

describe("certificates that change while the gateway runs", () => {
  it("are what new connections get; those that are there stay", async () => {
    await start();
    const before = await shown();
    const device = (await login())!;
    const next = await issueServer(authority);
    // In one turn, so that no more than one look finds a key and a certificate that do not fit.
    writeFileSync(join(folder, "server.key"), next.key);
    writeFileSync(join(folder, "server.pem"), next.cert);
    await eventually(shown, (fingerprint) => fingerprint !== before);
    expect(await shown()).not.toBe(before);
    device.publish("devices/d/telemetry", '{"a":1}');
    await device.until("puback");
    expect([await reloads("taken"), await reloads("failed")]).toEqual([1, 0]);
    const wss = await gateway!.connectTo(`wss://127.0.0.1:${portOf("wss")}/mqtt`, {
      username: "d",
      password: token,
      ca: authority.cert,
    });
    expect(wss.connected).toBe(true);
  });

  it("are noticed behind a folder link that is swapped", async () => {
    const lives = [join(folder, "live-1"), join(folder, "live-2")] as const;
    const link = join(folder, "live");
    for (const live of lives) {
      await mkdir(live);
      await writeServerFiles(live, authority);
    }
    await symlink(lives[0], link);
    await start({
      HEADWATER_MQTT_TLS_CERT_FILE: join(link, "server.pem"),
      HEADWATER_MQTT_TLS_KEY_FILE: join(link, "server.key"),
    });
    const before = await shown();
    await symlink(lives[1], join(folder, "next"));
    await rename(join(folder, "next"), link);
    await eventually(shown, (fingerprint) => fingerprint !== before);
    expect(await shown()).not.toBe(before);
  });

  it("and do not fit together, or are gone, are told of once, and the former ones stay", async () => {
    await start();
    const before = await shown();
    const wrong = await issueServer(authority);
    await writeFile(join(folder, "server.pem"), wrong.cert);
    await eventually(
      () => reloads("failed"),
      (count) => count === 1,
    );
    expect(await shown()).toBe(before);
    await rm(join(folder, "server.pem"));
    await eventually(
      () => reloads("failed"),
      (count) => count === 2,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([await reloads("failed"), await reloads("taken")]).toEqual([2, 0]);
    expect(await shown()).toBe(before);
    await writeFile(join(folder, "server.key"), wrong.key);
    await writeFile(join(folder, "server.pem"), wrong.cert);
    await eventually(
      () => reloads("taken"),
      (count) => count === 1,
    );
    expect(await shown()).not.toBe(before);
  });

  it("say when they expire: as a metric, and in the health once they have", async () => {
    await start({}, await issueServer(authority, { lifetimeMs: 3_600_000 }));
    const at = await gateway!.metric("headwater_gateway_certificate_expiry_seconds");
    expect(Math.abs(at - Date.now() / 1000 - 3600)).toBeLessThan(120);
    expect(gateway!.app.notReady()).toEqual([]);
    const expired = await issueServer(authority, { lifetimeMs: -60_000 });
    await writeFile(join(folder, "server.key"), expired.key);
    await writeFile(join(folder, "server.pem"), expired.cert);
    await eventually(
      () => gateway!.app.notReady().length,
      (count) => count > 0,
    );
    expect(gateway!.app.notReady()).toEqual([expect.stringMatching(/^gateway: the TLS certificate expired at 2/)]);
  });
});

describe("files that cannot be used end the start with a line that says which", () => {
  it.each<[string, (files: Record<string, string>) => Promise<unknown>, RegExp]>([
    [
      "a certificate that is not there",
      async ({ cert }) => rm(cert!),
      /server\.pem \(HEADWATER_MQTT_TLS_CERT_FILE\) cannot be read \(ENOENT\)/,
    ],
    [
      "a key that is not there",
      async ({ key }) => rm(key!),
      /server\.key \(HEADWATER_MQTT_TLS_KEY_FILE\) cannot be read/,
    ],
    ["a certificate that is none", async ({ cert }) => writeFile(cert!, "hello"), /CERT_FILE\) holds no certificate/],
    [
      "a broken certificate",
      async ({ cert }) => writeFile(cert!, (await readFile(cert!, "utf8")).replace("MII", "AAA")),
      /CERT_FILE\) holds a certificate that cannot be read/,
    ],
    ["a key that is none", async ({ key }) => writeFile(key!, "hello"), /KEY_FILE\) holds no private key/],
    [
      "a key of another certificate",
      async ({ key }) => writeFile(key!, (await issueServer(authority)).key),
      /KEY_FILE\) is not the key of the first certificate in .*server\.pem/,
    ],
    ["authorities that are none", async ({ ca }) => writeFile(ca!, ""), /CA_FILE\) holds no certificate/],
    ["a revocation list that is none", async ({ crl }) => writeFile(crl!, "x"), /CRL_FILE\) holds no revocation list/],
    [
      "a broken revocation list",
      async ({ crl }) => writeFile(crl!, "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"),
      /revoked\.pem cannot be used for TLS/,
    ],
  ])("%s", async (_name, spoil, message) => {
    const settings = await writeServerFiles(folder, authority);
    const [ca, crl] = [join(folder, "ca.pem"), join(folder, "revoked.pem")];
    await writeFile(crl, await authority.revoke());
    await spoil({ cert: join(folder, "server.pem"), key: join(folder, "server.key"), ca, crl });
    const starting = GatewayUnderTest.start({
      ...settings,
      HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "require",
      HEADWATER_MQTT_TLS_CA_FILE: ca,
      HEADWATER_MQTT_TLS_CRL_FILE: crl,
    });
    await expect(starting).rejects.toMatchObject({ advice: "stop", message: expect.stringMatching(message) });
  });
});
