import { createApiClient, type ApiClient, ProblemError } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { TcpRelay } from "@headwater/testkit/tcp-relay";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultsOf, openBrowser } from "../browser/browser.ts";
import type { Platform } from "./platform/platform.ts";
import { openOnRealServers } from "./platform/real-servers.ts";

describe("separate services under the address of ingest", () => {
  const relays: TcpRelay[] = [];
  let platform: Platform;
  let api: ApiClient;
  let origin: string;

  beforeAll(async () => {
    const [rules, gateway] = [await TcpRelay.start(), await TcpRelay.start()];
    relays.push(rules, gateway);
    platform = await openOnRealServers({
      settings: {
        HEADWATER_RULES_URL: "http://rules.example:1",
        HEADWATER_INGEST_RULES_URL: `http://127.0.0.1:${rules.port}`,
        HEADWATER_GATEWAY_URL: `http://127.0.0.1:${gateway.port}`,
      },
    });
    rules.target = Number(new URL(platform.rulesUrl).port);
    gateway.target = Number(new URL(platform.httpUrl("gateway")).port);
    origin = platform.httpUrl("ingest");
    // Not the client of the platform, which asks each service itself.
    api = createApiClient(origin, platform.token);
  });
  afterAll(async () => {
    await platform?.stop();
    await Promise.all(relays.map((relay) => relay.stop()));
  });

  /** A browser's session: a cookie, and what a page of this origin says of itself. */
  async function signedIn(): Promise<Record<string, string>> {
    const headers = { "content-type": "application/json", "sec-fetch-site": "same-origin" };
    const body = JSON.stringify({ token: platform.token });
    const answer = await fetch(`${origin}/api/v1/session`, { method: "POST", headers, body });
    expect(answer.status).toBe(200);
    return { ...headers, cookie: answer.headers.getSetCookie()[0]!.split(";")[0]! };
  }

  /** The progress of a backtest that is under way: each waits for those before it, and one may yet be done too soon. */
  async function openBacktest(): Promise<ReadableStreamDefaultReader> {
    const headers = { authorization: `Bearer ${platform.token}`, accept: "text/event-stream" };
    for (;;) {
      const asked = Array.from({ length: 20 }, () =>
        api.request<{ id: string }>("POST", "/api/v1/backtests", { rule, from: "-1h", to: "now" }),
      );
      const { id } = (await Promise.all(asked)).at(-1)!;
      const stream = await fetch(`${origin}/api/v1/backtests/${id}`, { headers });
      expect(stream.headers.get("content-type")).toContain("event-stream");
      const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
      const { value = "" } = await reader.read();
      if (value.includes("event: progress") && !value.includes("event: done")) return reader;
      await reader.cancel();
    }
  }

  const rule = {
    ...{ id: "too-hot", name: "Too hot", severity: "warning" },
    condition: { metric: "temperature", op: ">", threshold: 80 },
  };

  it("a session of ingest writes, reads and tries rules, with ETags as there", async () => {
    const headers = await signedIn();
    const made = await fetch(`${origin}/api/v1/rules`, { method: "POST", headers, body: JSON.stringify(rule) });
    expect(made.status, await made.clone().text()).toBe(201);
    const own = await fetch(`${platform.rulesUrl}/api/v1/rules/too-hot`, {
      headers: { authorization: `Bearer ${platform.token}` },
    });
    const etag = own.headers.get("etag")!;
    const read = await fetch(`${origin}/api/v1/rules/too-hot`, { headers });
    expect([read.status, read.headers.get("etag"), await read.json()]).toEqual([200, etag, await own.json()]);
    const stale = { ...headers, "if-match": '"99"' };
    const put = (more: Record<string, string>) =>
      fetch(`${origin}/api/v1/rules/too-hot`, { method: "PUT", headers: more, body: JSON.stringify(rule) });
    expect((await put(stale)).status).toBe(412);
    expect((await put({ ...headers, "if-match": etag })).status).toBe(200);
    const foreign = { ...headers, "sec-fetch-site": "cross-site" };
    expect((await put(foreign)).status).toBe(403);
    const spool = await fetch(`${origin}/api/v1/gateway/spool`, { headers });
    expect(((await spool.json()) as { durable: string }).durable).toBe("spool");
  });

  it("tells which services are away, and metrics of those that are not", async () => {
    const { items } = await api.call("GET", "/api/v1/services", {});
    expect(items.map(({ name, here, state }) => [name, here, state])).toEqual([
      ["ingest", true, "ready"],
      ["rules", false, "ready"],
      ["gateway", false, "ready"],
    ]);
    const metrics = await fetch(`${origin}/api/v1/services/rules/metrics`, {
      headers: { authorization: `Bearer ${platform.token}` },
    });
    expect(await metrics.text()).toContain("headwater_rules_partitions");
  });

  it("a browser has all of the page, and is told what is away", async () => {
    const browser = await openBrowser();
    const page = await (await browser.newContext({ baseURL: origin })).newPage();
    try {
      await page.goto("/rules");
      await page.getByLabel("Access token").fill(platform.token);
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: "Too hot" }).waitFor();
      const faults = faultsOf(page);
      await page.goto("/rules/too-hot");
      await page
        .getByText(/^\d+ episodes? on \d+ devices?$|^No episode/)
        .first()
        .waitFor();
      await page.goto("/pipeline");
      const services = page.getByRole("region", { name: "Services" });
      await expect.poll(() => services.getByText("ready", { exact: true }).count()).toBe(3);
      await page.getByRole("region", { name: "Gateway", exact: true }).waitFor();
      expect(faults).toEqual([]);

      await platform.kill("rules");
      await services.getByText("away", { exact: true }).waitFor();
      await page.getByRole("img", { name: /Rules: is away/ }).waitFor();
      await page.goto("/alerts");
      await page
        .getByRole("alert")
        .getByText(/The rules service does not answer/)
        .waitFor();
      await platform.restart("rules");
      // Until it answers: an answer that a busy machine draws late takes the button away.
      const again = page.getByRole("button", { name: "Try again" });
      await eventually(async () => {
        if (await again.isVisible()) await again.click({ timeout: 1_000 }).catch(() => undefined);
        await page.getByText(/no alert/i).waitFor({ timeout: 2_000 });
      });
    } finally {
      await browser.close();
    }
  });

  it("a killed rules service cuts the stream of a backtest, is named while it is away, and goes on afterwards", async () => {
    const stream = await openBacktest();
    const cut = stream.closed.catch((error: unknown) => error);
    await platform.kill("rules");
    expect(await cut).toBeInstanceOf(Error);
    const refused = await api.call("GET", "/api/v1/rules", {}).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect((refused as ProblemError).problem).toMatchObject({ status: 503, code: "service-away" });
    const { items } = await api.call("GET", "/api/v1/services", {});
    expect(items).toContainEqual(expect.objectContaining({ name: "rules", state: "away" }));

    await platform.restart("rules");
    await eventually(async () => {
      const { items: rules } = await api.call("GET", "/api/v1/rules", {});
      expect(rules.map((each) => each.id)).toEqual(["too-hot"]);
    });
  });
});
