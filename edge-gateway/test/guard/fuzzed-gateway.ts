import { registerDevice } from "@headwater/aggregates";
import { sha256 } from "@headwater/core";
import { topicSpecs } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events } from "@headwater/proto";
import type { ServiceProcess } from "@headwater/testkit/service-process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startProcess } from "../embedded-gateway.ts";
import { partitions, readAll, topics } from "../gateway-under-test.ts";
import { TestAuthority } from "../certificates.ts";
import { fuzzLogin, type FuzzListener } from "./fuzz-peers.ts";

/** A gateway in a process of its own that lets anyone in, and knows the login of the peers that mean no good. */
export async function startFuzzedGateway(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const { username, password } = fuzzLogin;
  const log = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
  await log.ensureTopics(topicSpecs(partitions));
  const credential = { id: "c", kind: "token", hash: sha256(password), createdAt: 1, expiresAt: 0 };
  const event = registerDevice(
    undefined,
    { id: username, credentials: [credential] },
    { at: 1, by: "test", writeId: "w" },
  );
  await log.append(topics.devices, [{ key: username, value: events.device.encode(event) }]);
  await log.close();
  return startProcess(dataDir, { HEADWATER_MQTT_ANONYMOUS: "true", ...env });
}

/** All of its listeners, for TLS with a certificate of its own that nobody looks at. */
export async function everyListener(folder: string): Promise<Record<string, string>> {
  const { cert, key } = await (await TestAuthority.create()).issue({ subject: "CN=fuzzed", names: ["127.0.0.1"] });
  const [certFile, keyFile] = [join(folder, "server.crt"), join(folder, "server.key")];
  await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key, { mode: 0o600 })]);
  return {
    HEADWATER_MQTT_TLS_PORT: "0",
    HEADWATER_MQTT_TLS_CERT_FILE: certFile,
    HEADWATER_MQTT_TLS_KEY_FILE: keyFile,
    HEADWATER_MQTT_WS_PORT: "0",
    HEADWATER_MQTT_WSS_PORT: "0",
  };
}

/** Where it takes MQTT. */
export function listenersOf(gateway: ServiceProcess): FuzzListener[] {
  const schemes = { mqtt: "tcp", mqtts: "tls", ws: "ws", wss: "wss" } as const;
  return Object.entries(schemes).flatMap(([scheme, transport]) =>
    gateway.addresses.some((address) => address.startsWith(`${scheme}://`))
      ? [{ transport, port: gateway.port(scheme) }]
      : [],
  );
}

/** The counters of a device that the log of a gateway has, in the log's order. */
export async function countersOf(device: string, dataDir: string): Promise<number[]> {
  const log = await openEmbeddedLog({ dataDir: join(dataDir, "log") });
  try {
    const all = (await readAll(log, topics.telemetry)).map(({ value }) => events.telemetry.decode(value!));
    return all.flatMap(({ device: of, readings }) => (of === device ? [readings[0]!.number!] : []));
  } finally {
    await log.close();
  }
}

/** What a gateway says of itself. */
export async function metricOf(gateway: ServiceProcess, name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url("http")}/metrics`)).text();
  const line = text.split("\n").find((each) => each.split(/[{ ]/, 1)[0] === name);
  return Number(line?.split(" ").at(-1));
}
