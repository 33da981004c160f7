import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sleep } from "@headwater/core";
import { TcpRelay } from "@headwater/testkit/tcp-relay";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { freePorts } from "../../scripts/servers/free-port.ts";
import { issueServer, TestAuthority } from "./certificates.ts";
import { bridged, bridges, BridgeScene, patienceMs, taken } from "./bridge-under-test.ts";
import { eventually } from "@headwater/testkit/eventually";

let scene: BridgeScene;
beforeEach(() => {
  scene = new BridgeScene();
});
afterEach(() => scene.close());

describe("lines", () => {
  it("TLS with a certificate of its own; an authority that is not the broker's is told", async () => {
    const folder = await scene.folder();
    const [authority, stranger] = [await TestAuthority.create(), await TestAuthority.create("Stranger")];
    const write = async (name: string, text: string) => {
      await writeFile(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const server = await issueServer(authority);
    const own = await authority.issue({ subject: "CN=headwater" });
    const caFile = await write("ca.pem", authority.cert);
    const broker = await scene.broker({
      tls: {
        certFile: await write("server.pem", server.cert),
        keyFile: await write("server.key", server.key),
        clientCaFile: caFile,
      },
    });
    const tls = {
      caFile,
      certFile: await write("own.pem", own.cert),
      keyFile: await write("own.key", own.key),
      serverName: "localhost",
    };
    const strangers = { ...tls, caFile: await write("stranger.pem", stranger.cert) };
    const url = `mqtts://127.0.0.1:${broker.tlsPort}`;
    const subscriptions = [{ filter: "devices/#" }];
    const gateway = await scene.gateway(
      bridges({ name: "good", url, tls, subscriptions }, { name: "bad", url, tls: strangers, subscriptions }),
    );
    const client = await scene.device(broker.url);
    await bridged(gateway, client);
    await client.publishAsync("devices/a/telemetry", '{"a":1}', { qos: 1 });
    await eventually(
      () => taken(gateway),
      (all) => all.length === 1,
      patienceMs,
    );
    expect(await taken(gateway)).toMatchObject([{ device: "a" }]);
    const warnings = await eventually(
      () => gateway.app.warnings!(),
      (all) => all.some((text) => text.includes("TLS")),
      patienceMs,
    );
    expect(warnings).toEqual([expect.stringMatching(/^bridge bad: not connected: No TLS with the broker/)]);
  });

  it("WebSocket", async () => {
    const [port = 0, webPort = 0] = await freePorts(2);
    const broker = await scene.broker({ port, config: [`listener ${webPort} 127.0.0.1`, "protocol websockets"] });
    const gateway = await scene.gateway(
      bridges({ name: "plant", url: `ws://127.0.0.1:${webPort}`, subscriptions: [{ filter: "devices/#" }] }),
    );
    const client = await scene.device(broker.url);
    await bridged(gateway, client);
    await Promise.all(
      Array.from({ length: 300 }, (_, i) => client.publishAsync("devices/a/telemetry", `{"i":${i}}`, { qos: 1 })),
    );
    const events = await eventually(
      () => taken(gateway),
      (all) => all.length >= 300,
      patienceMs,
    );
    expect(events.map(({ readings }) => readings[0]!.number)).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });

  it("a subscription that the broker refuses is told, and the others work", async () => {
    // Mosquitto grants whatever is asked for and then sends nothing; a gateway says no.
    const broker = await scene.gateway({});
    const token = await broker.register("bridge");
    const folder = await scene.folder();
    await writeFile(join(folder, "token"), token, { mode: 0o600 });
    const gateway = await scene.gateway(
      bridges({
        name: "plant",
        protocol: "3.1.1",
        url: broker.url,
        username: "bridge",
        passwordFile: join(folder, "token"),
        subscriptions: [{ filter: "devices/bridge/#" }, { filter: "devices/other/#" }],
      }),
      broker,
    );
    expect(
      await eventually(
        () => gateway.app.warnings!(),
        (all) => all.some((text) => text.includes("refused to subscribe")),
        patienceMs,
      ),
    ).toEqual(["bridge plant: the broker refused to subscribe devices/other/#"]);
    expect(await gateway.metric("headwater_gateway_bridge_refused_subscriptions", 'bridge="plant"')).toBe(1);
    expect(gateway.app.notReady()).toEqual([]);
    const device = await broker.connect("bridge", token, { clientId: "device" });
    await device.publishAsync("devices/bridge/telemetry", '{"a":1}', { qos: 1 });
    // By the broker itself, and by the bridge.
    const events = await eventually(
      () => taken(gateway),
      (all) => all.length === 2,
      patienceMs,
    );
    expect(new Set(events.map((event) => event.gateway)).size).toBe(2);
  });

  it("a bridge that leads to its own gateway takes a message once more, and makes no circle", async () => {
    // Until the gateway has said where it listens, its bridge is turned away.
    const line = await TcpRelay.start();
    onTestFinished(() => line.stop());
    const gateway = await scene.gateway({
      ...bridges({
        name: "self",
        protocol: "3.1.1",
        url: `mqtt://127.0.0.1:${line.port}`,
        subscriptions: [{ filter: "#" }],
        commands: {},
      }),
      HEADWATER_MQTT_ANONYMOUS: "true",
    });
    line.target = gateway.app.mqttPort;
    const valve = await scene.device(gateway.url);
    const got: string[] = [];
    valve.on("message", (topic) => got.push(topic));
    await valve.subscribeAsync("devices/valve/commands/+", { qos: 1 });
    await bridged(gateway, valve);
    await valve.publishAsync("devices/valve/telemetry", '{"a":1}', { qos: 1 });
    await eventually(
      () => taken(gateway),
      (all) => all.length >= 2,
      patienceMs,
    );
    await gateway.requestCommand("valve", "c1", { name: "shut" });
    await eventually(
      () => got.length,
      (count) => count > 0,
      patienceMs,
    );
    await sleep(500);
    expect(got).toEqual(["devices/valve/commands/c1"]);
    expect(await taken(gateway)).toHaveLength(2);
    expect(await gateway.quarantined()).toEqual([]);
  });
});

describe("logins", () => {
  it("a wrong password is seen in health and metrics and disturbs no other bridge; the right one works without a restart", async () => {
    const folder = await scene.folder();
    const passwords = join(folder, "passwords");
    // `secret`, as mosquitto_passwd -H sha512-pbkdf2 is not needed: Mosquitto 2 takes its older form too.
    await writeFile(passwords, `gw:${await hashed("secret")}\n`, { mode: 0o600 });
    const guarded = await scene.broker({ config: ["allow_anonymous false", `password_file ${passwords}`] });
    const open = await scene.broker();
    const passwordFile = join(folder, "password");
    await writeFile(passwordFile, "wrong\n", { mode: 0o600 });
    const gateway = await scene.gateway(
      bridges(
        { name: "guarded", url: guarded.url, username: "gw", passwordFile, subscriptions: [{ filter: "#" }] },
        { name: "open", url: open.url, subscriptions: [{ filter: "#" }] },
      ),
    );
    const client = await scene.device(open.url);
    await bridged(gateway, client);
    const warnings = await eventually(
      () => gateway.app.warnings!(),
      (all) => all.some((text) => text.includes("refused the login")),
      patienceMs,
    );
    expect(warnings).toEqual([expect.stringMatching(/^bridge guarded: not connected: The broker refused the login/)]);
    expect(warnings.join()).not.toContain("wrong");
    expect(gateway.app.notReady()).toEqual([]);
    expect(await gateway.metric("headwater_gateway_bridge_ended_total", 'problem="login-refused"')).toBeGreaterThan(0);
    expect(await gateway.metric("headwater_gateway_bridge_connected", 'bridge="guarded"')).toBe(0);
    expect(await gateway.metric("headwater_gateway_bridge_connected", 'bridge="open"')).toBe(1);
    await writeFile(passwordFile, "secret\n");
    expect(
      await eventually(
        () => gateway.app.warnings!(),
        (all) => all.length === 0,
        patienceMs,
      ),
    ).toEqual([]);
  });
});

/** As Mosquitto keeps passwords: PBKDF2 with SHA-512, 101 rounds. */
async function hashed(password: string): Promise<string> {
  const { pbkdf2Sync, randomBytes } = await import("node:crypto");
  const salt = randomBytes(12);
  return `$7$101$${salt.toString("base64")}$${pbkdf2Sync(password, salt, 101, 64, "sha512").toString("base64")}`;
}
