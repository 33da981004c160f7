import { events } from "@headwater/proto";
import { partitionFor } from "@headwater/event-log";
import { sha256 } from "@headwater/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { openBackends, partitions, startService, type TestService, topics } from "./service.ts";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

interface DeviceBody {
  readonly id: string;
  readonly revision: number;
  readonly type: string;
  readonly tags: Record<string, string>;
  readonly attributes: Record<string, unknown>;
  readonly credentials: { id: string }[];
  readonly position: string;
  readonly token: string;
  readonly credentialId: string;
  readonly code: string;
}

async function devicesInLog() {
  const all = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    for await (const batch of backends.log.read(topics.devices, partition)) {
      all.push(...batch.records.map((record) => events.device.decode(record.value!)));
    }
  }
  return all;
}

describe("a device", () => {
  it("is registered with a token that is shown once and kept as a hash", async () => {
    const created = await service.request<DeviceBody>("POST", "/api/v1/devices", {
      id: "boiler 1",
      type: "boiler",
      tags: { site: "north" },
      attributes: { power: 3.5 },
    });
    expect(created.status).toBe(201);
    expect(created.headers).toMatchObject({ location: "/api/v1/devices/boiler%201", etag: '"1"' });
    expect(created.body).toMatchObject({ id: "boiler 1", revision: 1, type: "boiler", tags: { site: "north" } });
    const { token, credentialId } = created.body;
    const [event] = await devicesInLog();
    expect(event!.credentials.map(({ id, hash }) => [id, Buffer.from(hash).toString("hex")])).toEqual([
      [credentialId, sha256(token).toString("hex")],
    ]);
    const read = await service.request<DeviceBody>("GET", "/api/v1/devices/boiler%201");
    expect(read.headers["etag"]).toBe('"1"');
    expect(read.body.credentials).toHaveLength(1);
    expect(read.text).not.toContain(token);
    expect(read.text).not.toContain("hash");
  });

  it("is registered once", async () => {
    const again = await service.request<DeviceBody>("POST", "/api/v1/devices", { id: "boiler 1" });
    expect([again.status, again.body.code]).toEqual([409, "device-exists"]);
  });

  it.each([
    [{ id: "a/b" }, /'\/'/],
    [{ id: "x".repeat(129) }, /128/],
    [{ id: "ok", tags: { a: "" } }, /empty/],
    [{ id: "ok", colour: "red" }, /colour/],
    [{}, /id/],
  ])("is refused as %j", async (body, reason) => {
    const answer = await service.request("POST", "/api/v1/devices", body);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(reason);
  });

  it("is changed by a merge patch, at the revision that If-Match names", async () => {
    const stale = await service.request<DeviceBody>("PATCH", "/api/v1/devices/boiler%201", {}, { "if-match": '"7"' });
    expect([stale.status, stale.body.code]).toEqual([412, "conflict"]);
    const weak = await service.request<DeviceBody>("PATCH", "/api/v1/devices/boiler%201", {}, { "if-match": 'W/"1"' });
    expect([weak.status, weak.body.code]).toEqual([412, "conflict"]);
    for (const [method, path] of [
      ["PATCH", "/api/v1/devices/boiler%201"],
      ["DELETE", "/api/v1/devices/boiler%201"],
      ["POST", "/api/v1/devices/boiler%201/credentials"],
    ] as const) {
      const body = method === "DELETE" ? undefined : {};
      const named = await service.request(method, path, body, { "if-none-match": 'W/"1"' });
      expect([method, named.status]).toEqual([method, 412]);
    }
    const taken = await service.request("POST", "/api/v1/devices", { id: "boiler 1" }, { "if-none-match": "*" });
    expect(taken.status).toBe(412);
    const patched = await service.request<DeviceBody>(
      "PATCH",
      "/api/v1/devices/boiler%201",
      { tags: { site: null, floor: "2" }, attributes: { spare: true } },
      { "if-match": '"1"' },
    );
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({ revision: 2, type: "boiler", tags: { floor: "2" } });
    expect(patched.body.attributes).toEqual({ power: 3.5, spare: true });
    expect(patched.headers["etag"]).toBe('"2"');
    const after = await service.request<DeviceBody>(
      "GET",
      `/api/v1/devices/boiler%201?after=${encodeURIComponent(patched.body.position)}`,
    );
    expect(after.body.revision).toBe(2);
  });

  it("takes concurrent writes one after the other, none lost", async () => {
    const names = Array.from({ length: 5 }, (_, index) => `tag${index}`);
    const answers = await Promise.all(
      names.map((name) => service.request("PATCH", "/api/v1/devices/boiler%201", { tags: { [name]: "x" } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const { body } = await service.request<DeviceBody>("GET", "/api/v1/devices/boiler%201");
    expect(Object.keys(body.tags).toSorted()).toEqual(["floor", ...names]);
    expect(body.revision).toBe(7);
  });

  it("whose loser is the last word of the log is restated", async () => {
    // Concurrent writes of the test before have left losers; each is followed by a winner or its restatement.
    const partition = partitionFor("boiler 1", partitions);
    const loser = events.device.encode({ id: "boiler 1", revision: 7, type: "loser", writeId: "another" });
    await backends.log.append(topics.devices, [{ key: "boiler 1", partition, value: loser }]);
    await eventually(async () => {
      const last = (await devicesInLog()).findLast((event) => event.id === "boiler 1")!;
      expect(last).toMatchObject({ restated: true, revision: 7, type: "boiler" });
    });
  });

  it("has more tokens, and loses them", async () => {
    const added = await service.request<DeviceBody>("POST", "/api/v1/devices/boiler%201/credentials");
    expect(added.status).toBe(201);
    expect(added.body.token).toHaveLength(43);
    const removed = await service.request<DeviceBody>(
      "DELETE",
      `/api/v1/devices/boiler%201/credentials/${added.body.id}`,
    );
    expect(removed.body.credentials).toHaveLength(1);
    const again = await service.request<DeviceBody>(
      "DELETE",
      `/api/v1/devices/boiler%201/credentials/${added.body.id}`,
    );
    expect([again.status, again.body.code]).toEqual([404, "credential-unknown"]);
  });

  it("is listed by type and tags, page by page", async () => {
    for (let index = 0; index < 5; index += 1) {
      await service.request("POST", "/api/v1/devices", {
        id: `m${index}`,
        type: "meter",
        tags: { odd: String(index % 2) },
      });
    }
    const list = async (query: string) =>
      (await service.request<{ items: DeviceBody[]; next: string | null }>("GET", `/api/v1/devices?${query}`)).body;
    expect((await list("type=meter&tag=odd:1")).items.map(({ id }) => id)).toEqual(["m1", "m3"]);
    expect((await list("type=meter&tag=odd:1&tag=floor:2")).items).toEqual([]);
    const first = await list("type=meter&limit=3");
    expect(first.items.map(({ id }) => id)).toEqual(["m0", "m1", "m2"]);
    const second = await list(`type=meter&limit=3&cursor=${first.next}`);
    expect([second.items.map(({ id }) => id), second.next]).toEqual([["m3", "m4"], null]);
    expect((await service.request("GET", "/api/v1/devices?cursor=!")).status).toBe(400);
    expect((await service.request("GET", "/api/v1/devices?tag=x")).status).toBe(400);
    expect((await service.request("GET", "/api/v1/devices?after=x")).status).toBe(400);
  });

  it("is gone after its deletion, and goes on with its revision when it comes back", async () => {
    expect((await service.request("DELETE", "/api/v1/devices/m0")).status).toBe(200);
    expect((await service.request("GET", "/api/v1/devices/m0")).status).toBe(404);
    expect((await service.request("DELETE", "/api/v1/devices/m0")).status).toBe(404);
    expect((await service.request("GET", "/api/v1/devices/m0/latest")).status).toBe(404);
    const again = await service.request<DeviceBody>("POST", "/api/v1/devices", { id: "m0" });
    expect([again.status, again.body.revision]).toEqual([201, 3]);
  });

  it("survives a restart of the service, its credentials included", async () => {
    await service.app.stop();
    service = await startService({ ...backends, dataDir: backends.folder });
    const { body } = await service.request<DeviceBody>("PATCH", "/api/v1/devices/boiler%201", { type: "kettle" });
    expect(body).toMatchObject({ type: "kettle", attributes: { power: 3.5, spare: true } });
    const last = (await devicesInLog()).findLast((event) => event.id === "boiler 1")!;
    expect(last.credentials[0]!.hash).toHaveLength(32);
  });
});
