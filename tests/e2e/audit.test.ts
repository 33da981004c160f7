import { afterAll, beforeAll, expect, it } from "vitest";
import { createApiClient, type ApiClient } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { runCli } from "../../cli/test/run-cli.ts";
import { openEmbedded } from "./platform/embedded.ts";
import type { Platform } from "./platform/platform.ts";

let platform: Platform;
let ann: ApiClient;

beforeAll(async () => {
  platform = await openEmbedded();
  const body = { name: "ann", scopes: ["operator" as const] };
  const { token } = await platform.ingest.call("POST", "/api/v1/tokens", { body });
  ann = createApiClient(platform.rulesUrl, token);
});
afterAll(async () => {
  await platform.stop();
});

/** What the trail says, oldest first, without the times. */
async function deeds(query: { by?: string; subject?: string; after?: string }): Promise<readonly string[]> {
  const { items } = await platform.ingest.call("GET", "/api/v1/audit", { query });
  return items
    .toReversed()
    .map(({ by, action, kind, subject, detail }) => [by, action, kind, subject, detail].join(" | "));
}

it("tells who did what, from sign-in to the alert that was acknowledged, and what a rule did is not a person's", async () => {
  const { token: password = "" } = await ann.call("POST", "/api/v1/devices", { body: { id: "boiler-1" } });
  const patch = { path: { id: "boiler-1" }, body: { tags: { site: "north" } } };
  await ann.call("PATCH", "/api/v1/devices/{id}", patch);
  await ann.call("POST", "/api/v1/devices/{id}/credentials", { path: { id: "boiler-1" }, body: {} });
  const { commandId } = await ann.call("POST", "/api/v1/devices/{id}/commands", {
    path: { id: "boiler-1" },
    body: { name: "beep" },
  });
  const rule = {
    id: "hot",
    condition: { metric: "temperature", above: 80 },
    actions: [{ command: { name: "shut", ttl: "60s" } }],
  };
  await ann.call("POST", "/api/v1/rules", { body: rule });
  await ann.call("POST", "/api/v1/rules/{id}/enable", { path: { id: "hot" } });
  const send = () =>
    fetch(`${platform.rulesUrl}/api/v1/telemetry`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`boiler-1:${password}`).toString("base64")}`,
        "content-type": "application/json",
      },
      body: '{"temperature": 95}',
    });
  // A rule is live a moment after it was enabled.
  const alert = await eventually(
    async () => {
      expect((await send()).ok).toBe(true);
      return (await ann.call("GET", "/api/v1/alerts", {})).items[0];
    },
    (found) => found !== undefined,
  );
  const acknowledged = { path: { id: alert!.id }, body: { comment: "on my way" } };
  await ann.call("POST", "/api/v1/alerts/{id}/acknowledge", acknowledged);

  await eventually(async () => {
    expect(await deeds({ by: "ann" })).toEqual([
      "ann | registered | device | boiler-1 | ",
      "ann | changed | device | boiler-1 | tags",
      "ann | changed | device | boiler-1 | credentials",
      `ann | requested | command | ${commandId} | beep to boiler-1`,
      "ann | created | rule | hot | revision 1",
      "ann | enabled | rule | hot | ",
      `ann | acknowledged | alert | ${alert!.id} | hot on boiler-1; on my way`,
    ]);
  });
  const everybody = await deeds({});
  expect(everybody.filter((deed) => !deed.startsWith("ann ")).toSorted()).toEqual([
    "admin | created | token | ann | operator",
  ]);
});

it("knows sign-ins, outlives a restart, and is not everybody's to read", async () => {
  const signIn = await fetch(`${platform.rulesUrl}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: platform.token }),
  });
  expect(signIn.status).toBe(200);
  const { position } = await platform.ingest.call("DELETE", "/api/v1/tokens/{name}", { path: { name: "ann" } });
  const before = await deeds(position === undefined ? {} : { after: position });
  expect(before.at(-1)).toBe("admin | revoked | token | ann | ");
  expect(before.at(-2)).toMatch(/^admin \| signed-in \| session \| [\w-]{36} \| $/);
  await platform.kill("ingest");
  await platform.restart("ingest");
  expect(await deeds({})).toEqual(before);

  const body = { name: "viewer", scopes: ["viewer" as const] };
  const { token } = await platform.ingest.call("POST", "/api/v1/tokens", { body });
  const viewer = createApiClient(platform.rulesUrl, token);
  await expect(viewer.call("GET", "/api/v1/audit", {})).rejects.toMatchObject({ status: 403 });
});

it("is a table on the command line", async () => {
  const env = { HEADWATER_URL: platform.rulesUrl, HEADWATER_TOKEN: platform.token };
  const { code, out } = await runCli(["audit", "--kind", "rule"], env);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(
      /^\S+Z {2}ann {2}enabled {2}rule {2}hot\n\S+Z {2}ann {2}created {2}rule {2}hot {2}revision 1\n$/,
    ),
  ]);
  const wrong = await runCli(["audit", "--kind", "ruel"], env);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("rule")]);
});
