import { writeFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { issueServer, writeServerFiles } from "./certificates.ts";
import { eventually } from "@headwater/testkit/eventually";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { TlsScene } from "./tls-scene.ts";

let scene: TlsScene;
beforeEach(async () => {
  scene = await TlsScene.create();
});
afterEach(() => scene.close());

describe("certificates that change while the gateway runs", () => {
  it("are what new connections get; those that are there stay", async () => {
    await scene.start();
    const before = await scene.shown();
    const device = (await scene.login())!;
    const next = await issueServer(scene.authority);
    // In one turn, so that no more than one look finds a key and a certificate that do not fit.
    writeFileSync(join(scene.folder, "server.key"), next.key);
    writeFileSync(join(scene.folder, "server.pem"), next.cert);
    await eventually(
      () => scene.shown(),
      (fingerprint) => fingerprint !== before,
    );
    expect(await scene.shown()).not.toBe(before);
    device.publish("devices/d/telemetry", '{"a":1}');
    await device.until("puback");
    expect([await scene.reloads("taken"), await scene.reloads("failed")]).toEqual([1, 0]);
    const wss = await scene.gateway!.connectTo(`wss://127.0.0.1:${scene.portOf("wss")}/mqtt`, {
      username: "d",
      password: scene.token,
      ca: scene.authority.cert,
    });
    expect(wss.connected).toBe(true);
  });

  it("are noticed behind a folder link that is swapped", async () => {
    const lives = [join(scene.folder, "live-1"), join(scene.folder, "live-2")] as const;
    const link = join(scene.folder, "live");
    for (const live of lives) {
      await mkdir(live);
      await writeServerFiles(live, scene.authority);
    }
    await symlink(lives[0], link);
    await scene.start({
      HEADWATER_MQTT_TLS_CERT_FILE: join(link, "server.pem"),
      HEADWATER_MQTT_TLS_KEY_FILE: join(link, "server.key"),
    });
    const before = await scene.shown();
    await symlink(lives[1], join(scene.folder, "next"));
    await rename(join(scene.folder, "next"), link);
    await eventually(
      () => scene.shown(),
      (fingerprint) => fingerprint !== before,
    );
    expect(await scene.shown()).not.toBe(before);
  });

  it("and do not fit together, or are gone, are told of once, and the former ones stay", async () => {
    await scene.start();
    const before = await scene.shown();
    const wrong = await issueServer(scene.authority);
    await writeFile(join(scene.folder, "server.pem"), wrong.cert);
    await eventually(
      () => scene.reloads("failed"),
      (count) => count === 1,
    );
    expect(await scene.shown()).toBe(before);
    await rm(join(scene.folder, "server.pem"));
    await eventually(
      () => scene.reloads("failed"),
      (count) => count === 2,
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([await scene.reloads("failed"), await scene.reloads("taken")]).toEqual([2, 0]);
    expect(await scene.shown()).toBe(before);
    await writeFile(join(scene.folder, "server.key"), wrong.key);
    await writeFile(join(scene.folder, "server.pem"), wrong.cert);
    await eventually(
      () => scene.reloads("taken"),
      (count) => count === 1,
    );
    expect(await scene.shown()).not.toBe(before);
  });

  it("say when they expire: as a metric, and in the health once they have", async () => {
    await scene.start({}, await issueServer(scene.authority, { lifetimeMs: 3_600_000 }));
    const at = await scene.gateway!.metric("headwater_gateway_certificate_expiry_seconds");
    expect(Math.abs(at - Date.now() / 1000 - 3600)).toBeLessThan(120);
    expect(scene.gateway!.app.notReady()).toEqual([]);
    const expired = await issueServer(scene.authority, { lifetimeMs: -60_000 });
    await writeFile(join(scene.folder, "server.key"), expired.key);
    await writeFile(join(scene.folder, "server.pem"), expired.cert);
    await eventually(
      () => scene.gateway!.app.notReady().length,
      (count) => count > 0,
    );
    expect(scene.gateway!.app.notReady()).toEqual([
      expect.stringMatching(/^gateway: the TLS certificate expired at 2/),
    ]);
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
      async ({ key }) => writeFile(key!, (await issueServer(scene.authority)).key),
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
    const settings = await writeServerFiles(scene.folder, scene.authority);
    const [ca, crl] = [join(scene.folder, "ca.pem"), join(scene.folder, "revoked.pem")];
    await writeFile(crl, await scene.authority.revoke());
    await spoil({ cert: join(scene.folder, "server.pem"), key: join(scene.folder, "server.key"), ca, crl });
    const starting = GatewayUnderTest.start({
      ...settings,
      HEADWATER_MQTT_TLS_CLIENT_CERTIFICATES: "require",
      HEADWATER_MQTT_TLS_CA_FILE: ca,
      HEADWATER_MQTT_TLS_CRL_FILE: crl,
    });
    await expect(starting).rejects.toMatchObject({ advice: "stop", message: expect.stringMatching(message) });
  });
});
