import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLogger } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { createService, enableRule, hotRule, platform, quickConfig } from "../support/harness.ts";
import type { Platform, Service } from "../support/harness.ts";

let on: Platform;
let rules: Service;
let server: SMTPServer;
let mails: { to: string[]; text: string }[];
/** The answers to come to RCPT; when none is left, everybody is taken. */
let refusals: (number | undefined)[];
/** µs by which log time is ahead, as what waits in groups sees it. */
let advanced: number;

beforeEach(async () => {
  mails = [];
  refusals = [];
  advanced = 0;
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo(_address, _session, callback) {
      const code = refusals.shift();
      callback(code === undefined ? null : Object.assign(new RangeError("no"), { responseCode: code }));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, text: Buffer.concat(chunks).toString() });
        callback();
      });
    },
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  on = await platform();
  // Nothing is sent twice because an answer was slow.
  const actions = { smtpFrom: "headwater@plant.example", retryMs: 20, attemptMs: 60_000 };
  const smtp = { ...actions, smtpUrl: `smtp://127.0.0.1:${port}` };
  rules = await createService(on, quickConfig, silentLogger, smtp, undefined, {
    elapsedMicros: () => performance.now() * 1000 + advanced,
  });
  await rules.app.start();
});

afterEach(async () => {
  await rules.stop();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await on.close();
});

async function outcome(): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const [alert] = (await rules.call("GET", "/api/v1/alerts")).body.items;
    const [action] = (await rules.call("GET", `/api/v1/alerts/${alert.id}/actions`)).body.items;
    expect(action.endedAt).toBeDefined();
    return action;
  });
}

it("a mail goes to every address, under a Message-ID of its action, with no header from a name", async () => {
  const name = "Boiler\r\nBcc: victim@example.org";
  await enableRule(rules, hotRule("hot", { name, actions: [{ email: { to: ["a@b.example", "c@d.example"] } }] }));
  await on.fleet.send("boiler-1", [95]);
  const action = await outcome();
  expect(action).toMatchObject({ state: "succeeded", kind: "email", endpoint: "smtp", status: 250 });
  expect(mails).toHaveLength(1);
  const [{ to, text }] = mails as [(typeof mails)[number]];
  expect(to).toEqual(["a@b.example", "c@d.example"]);
  expect(text).toContain(`Message-ID: <${String(action["id"])}@plant.example>`);
  expect(text).toContain("Device: boiler-1");
  expect(text).not.toMatch(/^Bcc:/m);
});

it("is repeated while the server has no time, and given up when it refuses", async () => {
  refusals = [451, 451];
  const rule = (id: string) => hotRule(id, { actions: [{ email: { to: ["a@b.example"] } }] });
  await enableRule(rules, rule("hot"));
  await on.fleet.send("boiler-1", [95]);
  expect(await outcome()).toMatchObject({ state: "succeeded", attempts: 3 });
  refusals = [550];
  await on.fleet.send("boiler-2", [95]);
  expect(await eventually(outcome, ({ device }) => device === "boiler-2")).toMatchObject({
    ...{ state: "gave-up", attempts: 1, status: 550 },
  });
});

it.each([
  ["takes in the end", [undefined, 450], { state: "succeeded", status: 250 }],
  ["refuses", [undefined, 450, 550], { state: "gave-up", status: 550, error: "it refuses 1 of 3 addresses" }],
])("is repeated for those alone whom the server did not take yet, up to one that it %s", async (_, replies, end) => {
  const to = ["a@b.example", "Slow@Grey.example", "gone@d.example"].slice(0, replies.length);
  refusals = [...replies];
  await enableRule(rules, hotRule("hot", { actions: [{ email: { to } }] }));
  await on.fleet.send("boiler-1", [95]);
  expect(await outcome()).toMatchObject({ ...end, attempts: 2 });
  expect(mails.map((mail) => mail.to)).toEqual([["a@b.example"], ["Slow@grey.example"]]);
  for (const { text } of mails) expect(text).toContain("To: a@b.example, Slow@grey.example");
});

it("says why the server is not reached", async () => {
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await enableRule(rules, hotRule("hot", { actions: [{ email: { to: ["a@b.example"] } }] }));
  await on.fleet.send("boiler-1", [95]);
  await eventually(() => expect(rules.app.warnings!().join()).toContain("smtp fails (ECONNREFUSED)"));
});

it("a group is one mail, whose text names the alerts", async () => {
  const action = { email: { to: ["a@b.example"] }, groupBy: ["rule"], groupWait: "30m" };
  const devices = ["boiler-1", "boiler-2"];
  await enableRule(rules, hotRule("hot", { actions: [action] }));
  for (const device of devices) await on.fleet.send(device, [95]);
  await eventually(async () => {
    const { items } = (await rules.call("GET", "/api/v1/alerts")).body;
    expect(items).toHaveLength(2);
    for (const { id } of items) {
      expect((await rules.call("GET", `/api/v1/alerts/${id}/actions`)).body.items).toHaveLength(1);
    }
  });
  expect(mails).toEqual([]);
  advanced += 1_800_000_000;
  expect(await outcome()).toMatchObject({ state: "succeeded", kind: "email", status: 250 });
  expect(mails).toHaveLength(1);
  expect(mails[0]!.text).toContain("Subject: [critical] 2 alerts: rule hot");
  for (const device of devices) expect(mails[0]!.text).toContain(`raised on ${device}`);
});
