import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { type Platform, startPlatform } from "./platform.ts";
import { runCli } from "./run-cli.ts";

let platform: Platform;
let env: Record<string, string>;
let api: Platform["api"];

beforeAll(async () => {
  platform = await startPlatform();
  ({ env, api } = platform);
  const { token = "" } = await api.call("POST", "/api/v1/devices", { body: { id: "b-1" } });
  const sent = await fetch(`${platform.url}/api/v1/telemetry`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`b-1:${token}`)}`, "content-type": "application/json" },
    body: '{"temperature": 21',
  });
  expect(sent.status).toBe(200);
});
afterAll(() => platform.stop());

async function entry(): Promise<{ id: string; state: string }> {
  const { out } = await runCli(["quarantine", "list", "--device", "b-1", "--json"], env);
  return (JSON.parse(out) as { items: { id: string; state: string }[] }).items[0]!;
}

it("shows, mends and handles again what could not be decoded, with a token that may", async () => {
  const { id } = await eventually(async () => {
    const found = await entry();
    expect(found.state).toBe("quarantined");
    return found;
  });
  const listed = await runCli(["quarantine", "list"], env);
  expect([listed.code, listed.out]).toEqual([0, expect.stringContaining("b-1  quarantined, attempt ")]);
  expect((await runCli(["quarantine", "list", "--stage", "store"], env)).out).not.toContain(id);
  expect((await runCli(["quarantine", "show", id], env)).out).toContain("7b 22 74 65 6d 70");

  const { token } = await api.call("POST", "/api/v1/tokens", { body: { name: "reader", scopes: ["viewer"] } });
  const reader = { HEADWATER_URL: env["HEADWATER_URL"]!, HEADWATER_TOKEN: token };
  expect((await runCli(["quarantine", "show", id], reader)).code).toBe(0);
  for (const args of [
    ["redrive", id],
    ["redrive", "--all"],
    ["fix", id, "--text", "{}"],
  ]) {
    const refused = await runCli(["quarantine", ...args], reader);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("quarantine:write")]);
  }
  expect((await entry()).state).toBe("quarantined");

  expect((await runCli(["quarantine", "fix", id, "--text", '{"temperature": 21}'], env)).code).toBe(0);
  const again = await runCli(["quarantine", "redrive", id], env);
  expect([again.code, again.out]).toEqual([0, "1 are handled again\n"]);
  await eventually(async () => {
    const { values } = await api.call("GET", "/api/v1/devices/{id}/latest", { path: { id: "b-1" } });
    expect(values).toMatchObject({ temperature: { value: 21 } });
  });
  await eventually(async () => expect((await runCli(["quarantine", "list"], env)).out).not.toContain("quarantined,"));
});
