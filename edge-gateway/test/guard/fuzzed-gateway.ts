import { registerDevice } from "@headwater/aggregates";
import { sha256 } from "@headwater/core";
import { topicSpecs } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { events } from "@headwater/proto";
import type { ServiceProcess } from "@headwater/testkit/service-process";
import { join } from "node:path";
import { startProcess } from "../embedded-gateway.ts";
import { partitions, readAll, topics } from "../gateway-under-test.ts";
import { fuzzLogin } from "./fuzz-peers.ts";

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
