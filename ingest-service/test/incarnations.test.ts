import { events, type CommandInput } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { incarnationsSuite, type IncarnationsScene } from "./incarnations-suite.ts";
import { openBackends, startService, type TestService, topics } from "./service.ts";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
const start = () => startService({ ...backends, dataDir: backends.folder });

beforeAll(async () => {
  backends = await openBackends();
  service = await start();
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

async function register(id: string): Promise<void> {
  expect((await service.request("POST", "/api/v1/devices", { id })).status).toBe(201);
}

async function remove(id: string, query = ""): Promise<string> {
  const answer = await service.request<{ position: string }>("DELETE", `/api/v1/devices/${id}${query}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.position;
}

async function ask(device: string): Promise<string> {
  const url = `/api/v1/devices/${device}/commands`;
  const { body } = await service.request<{ commandId: string; position: string }>("POST", url, {
    name: "shut",
    ttl: "10m",
  });
  await service.request("GET", `${url}/${body.commandId}?after=${body.position}`);
  return body.commandId;
}

async function append(device: string, input: CommandInput): Promise<void> {
  const value = events.command.encode({ device, ...input });
  await backends.log.append(topics.commands, [{ key: device, value }]);
}

const ending = async (device: string, id: string) => {
  const url = `/api/v1/devices/${device}/commands/${id}`;
  const { status, reason } = (await service.request<{ status: string; reason?: string }>("GET", url)).body;
  return { status, reason };
};
const rejected = { status: "rejected", reason: "device-deleted" };

const scene: IncarnationsScene = {
  get service() {
    return service;
  },
  get backends() {
    return backends;
  },
  async stop() {
    await service.app.stop();
  },
  async start() {
    service = await start();
  },
};
describe("readings of a device that is deleted and registered again", () => incarnationsSuite(scene));

describe("a command whose device is deleted", () => {
  it("ends with it: one that waits, one that was taken, one that was delivered; none of the next device does", async () => {
    await register("v1");
    const [waiting, taken, delivered, done] = [await ask("v1"), await ask("v1"), await ask("v1"), await ask("v1")];
    const session = { gateway: "g1", session: "s1" };
    await append("v1", { commandId: taken, claimed: session });
    await append("v1", { commandId: delivered, claimed: session });
    await append("v1", { commandId: delivered, delivered: session });
    await append("v1", { commandId: done, succeeded: {} });
    await remove("v1");
    await register("v1");
    const next = await ask("v1");
    for (const id of [waiting, taken, delivered]) {
      await eventually(async () => expect(await ending("v1", id)).toEqual(rejected));
    }
    expect(await ending("v1", done)).toMatchObject({ status: "succeeded" });
    expect(await ending("v1", next)).toMatchObject({ status: "requested" });
  });

  it("ends also where nobody was there to end it, and where a stale instance or a rule asked for it too late", async () => {
    await register("v2");
    const waiting = await ask("v2");
    await service.app.stop();
    const deleted = events.device.encode({ id: "v2", revision: 2, deleted: true, writeId: "w", incarnation: 1 });
    await backends.log.append(topics.devices, [{ key: "v2", value: deleted }]);
    service = await start();
    await register("v2");
    await append("v2", { commandId: "stale", requested: { name: "shut", ttlMs: 600_000, life: 1 } });
    await append("v2", { commandId: "rule", requested: { name: "shut", ttlMs: 600_000 } });
    await eventually(async () => expect(await ending("v2", waiting)).toEqual(rejected));
    await eventually(async () => expect(await ending("v2", "stale")).toEqual(rejected));
    expect(await ending("v2", "rule")).toMatchObject({ status: "requested" });
    const records: CommandInput[] = [];
    for (const { partition } of await backends.log.positions(topics.commands)) {
      for await (const batch of backends.log.read(topics.commands, partition)) {
        records.push(...batch.records.map(({ value }) => events.command.decode(value!)));
      }
    }
    expect(records.filter(({ commandId, rejected: end }) => commandId === waiting && end != null)).toHaveLength(1);
  });
});
