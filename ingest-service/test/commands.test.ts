import { type CommandInput, events } from "@headwater/proto";
import { nowMicros } from "@headwater/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { openBackends, startService, type TestService, topics } from "./service.ts";

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  await service.request("POST", "/api/v1/devices", { id: "d1" });
});
afterAll(async () => {
  await service.app.stop();
  await backends.close();
});

interface CommandBody {
  readonly id: string;
  readonly status: string;
  readonly result?: unknown;
  readonly params?: unknown;
  readonly reason?: string;
  readonly ttl: number;
  readonly requestedAt: string;
  readonly deadline: string;
}

async function ask(body: object): Promise<{ commandId: string; position: string }> {
  const answer = await service.request<{ commandId: string; position: string }>(
    "POST",
    "/api/v1/devices/d1/commands",
    body,
  );
  expect(answer.status, answer.text).toBe(202);
  return answer.body;
}

async function command(id: string, query = ""): Promise<CommandBody> {
  return (await service.request<CommandBody>("GET", `/api/v1/devices/d1/commands/${id}${query}`)).body;
}

async function append(input: CommandInput): Promise<void> {
  await backends.log.append(topics.commands, [{ key: "d1", value: events.command.encode({ device: "d1", ...input }) }]);
}

describe("a command", () => {
  it("is on record as soon as its position is asked for, and goes to its end", async () => {
    const { commandId, position } = await ask({ name: "shut_valve", params: { valve: 1 }, ttl: "60s" });
    expect(await command(commandId, `?after=${position}`)).toMatchObject({
      id: commandId,
      status: "requested",
      params: { valve: 1 },
      ttl: 60_000,
    });
    await append({ commandId, claimed: { gateway: "g1", session: "s1" } });
    await append({ commandId, delivered: { gateway: "g1", session: "s1" } });
    await append({ commandId, succeeded: { result: '{"shut":true}' } });
    await eventually(async () =>
      expect(await command(commandId)).toMatchObject({ status: "succeeded", result: { shut: true } }),
    );
  });

  it("that nobody takes expires at its deadline and not before", async () => {
    const { commandId, position } = await ask({ name: "x", ttl: "3s" });
    expect((await command(commandId, `?after=${position}`)).status).toBe("requested");
    const ended = await eventually(async () => {
      const now = (await command(commandId)) as CommandBody & { endedAt: string };
      expect(now.status).toBe("expired");
      return now;
    });
    expect(Date.parse(ended.endedAt)).toBeGreaterThanOrEqual(Date.parse(ended.deadline));
    expect(ended.reason).toMatch(/No gateway/);
  });

  it("that was taken and not replied to times out", async () => {
    const { commandId } = await ask({ name: "x", ttl: "3s" });
    await append({ commandId, claimed: { gateway: "g1", session: "s1" } });
    await eventually(async () => expect((await command(commandId)).status).toBe("timed-out"));
  });

  it("whose cause is too long ago expires at once", async () => {
    const cause = { alertId: "a", transition: 1, action: 0, rule: "r", eventTime: nowMicros() - 120_000_000 };
    await append({ commandId: "late", requested: { name: "x", ttlMs: 60_000, cause } });
    await eventually(async () => {
      const now = await command("late");
      expect(now).toMatchObject({ status: "expired", cause: { rule: "r", alert: "a" } });
      expect(now.reason).toMatch(/ttl/);
    });
  });

  it("is listed, newest first, by status and page", async () => {
    const list = async (query: string) =>
      (
        await service.request<{ items: CommandBody[]; next: string | null }>(
          "GET",
          `/api/v1/devices/d1/commands?${query}`,
        )
      ).body;
    const all = await list("");
    expect(all.items.map(({ status }) => status)).toEqual(["expired", "timed-out", "expired", "succeeded"]);
    expect((await list("status=succeeded")).items).toHaveLength(1);
    const first = await list("limit=3");
    const second = await list(`limit=3&cursor=${first.next}`);
    expect([...first.items, ...second.items]).toEqual(all.items);
    expect(second.next).toBeNull();
  });

  it.each([
    ["/api/v1/devices/d1/commands", {}, 400],
    ["/api/v1/devices/d1/commands", { name: "" }, 400],
    ["/api/v1/devices/d1/commands", { name: "x", ttl: "soon" }, 400],
    ["/api/v1/devices/d1/commands", { name: "x", ttl: 60 }, 400],
    ["/api/v1/devices/d1/commands", { name: "x", ttl: 0 }, 400],
    ["/api/v1/devices/d1/commands", { name: "x", ttl: "60" }, 400],
    ["/api/v1/devices/d1/commands", { name: "x", ttl: "30d" }, 400],
    ["/api/v1/devices/nobody/commands", { name: "x" }, 404],
  ])("to %s as %j is answered %i", async (url, body, status) => {
    expect((await service.request("POST", url, body)).status).toBe(status);
  });

  it("with a ttl without a unit is told which one to write", async () => {
    for (const ttl of [60, "60"]) {
      const answer = await service.request<{ detail: string }>("POST", "/api/v1/devices/d1/commands", {
        name: "x",
        ttl,
      });
      expect(answer.body.detail).toContain("write 60s");
    }
  });

  it("is known under its device only", async () => {
    expect((await service.request("GET", "/api/v1/devices/d2/commands/late")).status).toBe(404);
  });
});
