import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { runCli, startCli } from "./run-cli.ts";

const sums = { received: 5, dropped: 0, missing: 0, unmarked: 0, logged: 5, stored: 5, partlyStored: 0, quarantined: 0, duplicate: 0, unexplained: 0 }; // prettier-ignore
const good = { balanced: true, partitions: [], totals: { ...sums, derived: 0, overwritten: 0, lag: 0 }, gateways: [{ gateway: "north", balanced: true, ...sums }], gaps: [], gapsLeftOut: 0 }; // prettier-ignore
const bad = {
  ...good,
  balanced: false,
  totals: { ...good.totals, received: 7, missing: 2, unexplained: 2 },
  gateways: [...good.gateways, { gateway: "so\u001Buth", balanced: false, ...sums, received: 7, missing: 2 }],
  gaps: [
    { partition: 3, gateway: "south", epoch: 7, from: 5, to: 7, events: 2, after: "2026-05-28T20:26:40.000001Z", before: "2026-05-28T20:26:41.000001Z" }, // prettier-ignore
  ],
};

let server: Server | undefined;
afterEach(() => server?.close());

/** Answers one after the other, the last of them for ever; null: that it is not there. */
async function serve(...answers: readonly (object | null)[]): Promise<string> {
  let at = 0;
  server = createServer((request, response) => {
    if (request.url?.split("?")[0] !== "/api/v1/ledger") return response.writeHead(404).end();
    const answer = answers[Math.min(at, answers.length - 1)];
    at += 1;
    if (answer !== null) return response.end(JSON.stringify(answer));
    return response.writeHead(503).end(JSON.stringify({ status: 503, detail: "the log is away" }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("says of which gateway something is missing, how much, and when the gateway took it", async () => {
  const env = { HEADWATER_URL: await serve(bad), HEADWATER_TOKEN: "t" };
  const { code, out } = await runCli(["ledger"], env);
  expect(code).toBe(1);
  expect(out).toMatch(/^gateway +so\\u\{1b\}uth: received 7, logged 5, stored 5, missing 2, NOT BALANCED$/m);
  expect(out).toMatch(
    /^gap +partition 3, gateway south\/7, 5 to 7, 2 of them messages, taken after 2026-05-28T20:26:40.000001Z and before 2026-05-28T20:26:41.000001Z: LOST$/m,
  );
  expect(out).toMatch(/^NOT BALANCED$/m);
});

it("reads the answer of a version that does not tell gateways apart", async () => {
  const { gateways: _, ...older } = good;
  const { code, out } = await runCli(["ledger"], { HEADWATER_URL: await serve(older), HEADWATER_TOKEN: "t" });
  expect([code, out]).toEqual([0, expect.stringMatching(/^balanced$/m)]);
});

it("watches until it is stopped, also while nobody answers, and shows when it does not balance any more", async () => {
  const env = { HEADWATER_URL: await serve(good, null, bad), HEADWATER_TOKEN: "t" };
  const child = startCli(["ledger", "--watch", "--every", "100ms"], env);
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, "close");
  while (!out.includes("NOT BALANCED")) {
    await Promise.race([once(child.stdout, "data"), ended]);
    expect(child.exitCode, err).toBeNull();
  }
  child.kill("SIGINT");
  await ended;
  expect(out).toMatch(/^balanced$[\s\S]*^NOT BALANCED$/m);
  expect(err).toMatch(/503 .*the log is away/);
});

it("does not watch with a token that is refused, or with a time that is none", async () => {
  server = createServer((_request, response) =>
    response.writeHead(401).end(JSON.stringify({ status: 401, detail: "This needs a bearer token" })),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const refused = await runCli(["ledger", "--watch"], { HEADWATER_URL: url, HEADWATER_TOKEN: "t" });
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("401")]);
  const wrong = await runCli(["ledger", "--watch", "--every", "often"], { HEADWATER_URL: url, HEADWATER_TOKEN: "t" });
  expect([wrong.code, wrong.err]).toEqual([expect.any(Number), expect.stringContaining("often")]);
  expect(wrong.code).not.toBe(0);
});
