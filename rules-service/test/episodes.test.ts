import { expect, it } from "vitest";
import { isoFromMicros, microsFromIso } from "@headwater/core";
import { alertTransition } from "@headwater/proto";
import { alertEvents, commandEvents, enableRule, hotRule } from "./support/harness.ts";
import { eventually } from "@headwater/testkit/eventually";
import { stage } from "./support/stage.ts";

const here = stage();

async function alerts(query = "") {
  const { body } = await here.rules.call("GET", `/api/v1/alerts${query}`);
  return body.items as { id: string; state: string; raisedAt: string; device: string }[];
}

it("raises, commands once and clears, each at its event time", async () => {
  await enableRule(here.rules, hotRule("hot"));
  const [, raisedAt] = await here.on.fleet.send("boiler-1", [70, 95]);
  await here.on.fleet.send("boiler-1", [99, 85]);
  const [clearedAt] = await here.on.fleet.send("boiler-1", [70]);

  const [alert] = await eventually(async () => {
    const found = await alerts("?state=cleared");
    expect(found).toHaveLength(1);
    return found;
  });
  expect(alert).toMatchObject({
    ...{ rule: "hot", revision: 1, device: "boiler-1", severity: "critical", metric: "temperature" },
    ...{ value: 95, threshold: 90, cause: "condition", shadow: false, amended: false },
    raisedAt: isoFromMicros(raisedAt!),
    clearedAt: isoFromMicros(clearedAt!),
  });
  // Alerts and commands are appended at the same time: which of the two is there first is open.
  const commands = await eventually(async () => {
    const found = await commandEvents(here.on);
    expect(found).toHaveLength(1);
    return found;
  });
  expect(commands[0]).toMatchObject({
    device: "boiler-1",
    requested: { name: "shut_valve", ttlMs: 3_600_000, cause: { alertId: alert!.id, transition: 1, rule: "hot" } },
  });
  expect(JSON.parse(commands[0]!.requested!.params)).toEqual({ valve: 1 });
});

it("a draft does nothing, and a rule that was switched off clears what it had raised", async () => {
  await here.rules.call("POST", "/api/v1/rules", hotRule("hot"));
  await here.on.fleet.send("boiler-1", [95]);
  await here.on.fleet.mark();
  expect(await alerts()).toEqual([]);

  await here.rules.call("POST", "/api/v1/rules/hot/enable");
  await here.on.fleet.send("boiler-2", [95]);
  await eventually(async () => expect(await alerts("?device=boiler-2&state=active")).toHaveLength(1));
  await here.rules.call("POST", "/api/v1/rules/hot/disable");
  await eventually(async () => expect(await alerts("?device=boiler-2&state=cleared")).toHaveLength(1));
  // The other device's partition takes it up by itself.
  await eventually(async () => expect(await alerts("?state=open")).toEqual([]));
});

it("an event in a quiet system has its command within milliseconds", async () => {
  await enableRule(here.rules, hotRule("hot"));
  const untilEvent: number[] = [];
  const untilCommand: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const device = `boiler-${round}`;
    const event = Promise.withResolvers<number>();
    const command = Promise.withResolvers<number>();
    const following = await here.on.log.follow({
      topics: [here.on.topics.telemetry, here.on.topics.commands],
      otherwise: "latest",
      onBatch: ({ topic, records }) => {
        if (!records.some(({ key }) => key !== null && Buffer.from(key).toString() === device)) return;
        (topic === here.on.topics.commands ? command : event).resolve(performance.now());
      },
    });
    const began = performance.now();
    await here.on.fleet.send(device, [95]);
    untilEvent.push((await event.promise) - began);
    untilCommand.push((await command.promise) - began);
    await following.close();
  }
  // Whoever waited for something else first would be late each time; a busy machine makes most of them late. There the
  // log itself takes longer to deliver the event, and the bound grows with it.
  const median = untilEvent.toSorted((a, b) => a - b)[untilEvent.length / 2]!;
  expect(Math.min(...untilCommand)).toBeLessThan(Math.max(50, 10 * median));
});

it("a rule in shadow keeps its episodes and says nothing to devices", async () => {
  await here.rules.call("POST", "/api/v1/rules", hotRule("hot"));
  await here.rules.call("POST", "/api/v1/rules/hot/shadow");
  await eventually(async () => expect((await here.rules.call("GET", "/api/v1/rules/hot")).body.state).toBe("shadow"));
  await here.on.fleet.send("boiler-1", [95]);
  await eventually(async () => expect(await alerts("?shadow=true")).toHaveLength(1));
  expect(await alerts("?shadow=false")).toEqual([]);
  expect(await commandEvents(here.on)).toEqual([]);
});

it("shows why: the readings in the log, the revision, every transition", async () => {
  await enableRule(here.rules, hotRule("hot"));
  await here.on.fleet.send("boiler-1", [70, 95, 60]);
  const [alert] = await eventually(async () => {
    const found = await alerts("?state=cleared");
    expect(found).toHaveLength(1);
    return found;
  });
  const { status, body } = await here.rules.call("GET", `/api/v1/alerts/${alert!.id}/why`);
  expect(status).toBe(200);
  expect(body.rule).toMatchObject({ id: "hot", revision: { revision: 1, definition: { id: "hot" } } });
  expect(body.transitions.map(({ kind }: { kind: string }) => kind)).toEqual(["raised", "cleared"]);
  const [raised] = body.transitions;
  const decided = raised.evidence.find(({ value }: { value: number }) => value === 95);
  expect(decided.record.readings).toEqual([{ metric: "temperature", value: 95 }]);
  expect(decided.record.device).toBe("boiler-1");
  const { alert: shown, transitions, text } = body;
  const [first, question, wait, , ...rest] = text.split("\n");
  expect(first).toMatch(
    new RegExp(
      `^Alert ${shown.id} of rule hot on device boiler-1: critical, raised at ${shown.raisedAt}\\. It was cleared`,
    ),
  );
  const { by, at } = body.rule.revision;
  expect(question).toBe(
    `Revision 1 of the rule, by ${by} at ${at}, asks whether temperature is above 90, and ends below 80.`,
  );
  expect(wait).toContain("A timer waits 5s");
  const place = ({ position, record }: { position: Record<string, string>; record: Record<string, string> }) =>
    `received ${record["receivedAt"]}, written ${record["appendedAt"]} as telemetry.v1/${position["partition"]}/${position["offset"]}`;
  const [, cleared] = transitions;
  expect(rest).toEqual([
    `${raised.at} raised as critical: temperature was 95, compared with 90. (${raised.position})`,
    `  It began with temperature = 95 of ${decided.eventTime} (${place(decided)}).`,
    "",
    `${cleared.at} cleared: the condition ended: temperature was 60, compared with 80. (${cleared.position})`,
    expect.stringContaining("  It began with temperature = 95"),
    expect.stringContaining("  It was decided by temperature = 60"),
  ]);
});

it("shows why of derived readings: rule by rule, back to what the device sent", async () => {
  const derives = (id: string, metric: string, from: string, expression: string) =>
    enableRule(here.rules, { id, derive: { metric, expression, from } });
  await derives("to-celsius", "celsius", "fahrenheit", "(metrics.fahrenheit - 32.0) / 1.8");
  await derives("to-kelvin", "kelvin", "celsius", "metrics.celsius + 273.0");
  await enableRule(here.rules, { id: "hot", condition: { metric: "kelvin", above: 360 } });
  const { record } = here.on.fleet.record("boiler-1", "fahrenheit", 212);
  await here.on.fleet.append([record]);
  const [alert] = await eventually(async () => {
    const found = await alerts("?state=active");
    expect(found).toHaveLength(1);
    return found;
  });
  const { transitions, text } = await eventually(async () => {
    const { body } = await here.rules.call("GET", `/api/v1/alerts/${alert!.id}/why`);
    // The derived readings are in the log behind the alert.
    expect(body.transitions[0].evidence[0].derived[1].position).not.toBeNull();
    return body;
  });
  const [reading] = transitions[0].evidence;
  expect(reading).toMatchObject({ metric: "kelvin", value: 373 });
  expect(reading.record.readings).toEqual([{ metric: "fahrenheit", value: 212 }]);
  expect(reading.derived).toEqual([
    expect.objectContaining({ rule: "to-kelvin", revision: 1, metric: "kelvin", value: 373, from: ["celsius"] }),
    expect.objectContaining({ rule: "to-celsius", revision: 1, metric: "celsius", value: 100, from: ["fahrenheit"] }),
  ]);
  const { gateway, epoch, partition, n } = reading.identity;
  expect(text).toContain(
    `  It began with kelvin = 373 of ${reading.eventTime}, derived by rule to-kelvin revision 1 from celsius = 100, ` +
      `derived by rule to-celsius revision 1 from fahrenheit = 212 of event ${gateway}/${epoch}/${partition}/${n} (received `,
  );
});

it("takes note of what people did, and lets the first count", async () => {
  await enableRule(here.rules, hotRule("hot"));
  await here.on.fleet.send("boiler-1", [95]);
  const [alert] = await eventually(async () => {
    const found = await alerts();
    expect(found).toHaveLength(1);
    return found;
  });
  const path = `/api/v1/alerts/${alert!.id}`;
  const acknowledged = await here.rules.call("POST", `${path}/acknowledge`, { comment: "on my way" });
  expect(acknowledged).toMatchObject({
    status: 200,
    body: { state: "acknowledged", acknowledgedBy: "admin", comment: "on my way" },
  });
  expect((await here.rules.call("POST", `${path}/acknowledge`)).status).toBe(409);
  const after = encodeURIComponent(acknowledged.body.position);
  expect((await here.rules.call("GET", `${path}?after=${after}`)).body.state).toBe("acknowledged");

  const both = await Promise.all([here.rules.call("POST", `${path}/clear`), here.rules.call("POST", `${path}/clear`)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect((await alerts("?state=cleared"))[0]).toMatchObject({ cause: "hand", clearedBy: "admin" });
  expect((await here.rules.call("POST", "/api/v1/alerts/nobody/clear")).status).toBe(404);

  // An operator ended the episode; the condition begins another one when it comes true again.
  await here.on.fleet.send("boiler-1", [70, 96]);
  await eventually(async () => expect(await alerts("?state=active")).toHaveLength(1));
  const kinds = (await alertEvents(here.on)).map(({ kind }) => kind as number);
  expect(kinds.filter((kind) => kind === alertTransition.raised)).toHaveLength(2);
});

it("lists page by page, newest first, and by time", async () => {
  await enableRule(here.rules, hotRule("hot"));
  for (let device = 0; device < 5; device += 1) await here.on.fleet.send(`boiler-${device}`, [95]);
  const all = await eventually(async () => {
    const found = await alerts();
    expect(found).toHaveLength(5);
    return found;
  });
  const first = await here.rules.call("GET", "/api/v1/alerts?limit=2");
  const second = await here.rules.call("GET", `/api/v1/alerts?limit=10&cursor=${first.body.next}`);
  expect([...first.body.items, ...second.body.items]).toEqual(all);
  expect(second.body.next).toBeNull();
  // As text "…703001Z" would come before "…703Z".
  const times = all.map(({ raisedAt }) => microsFromIso(raisedAt)!);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(await alerts(`?from=${encodeURIComponent(all[1]!.raisedAt)}`)).toEqual(all.slice(0, 2));
  expect(await alerts(`?to=${encodeURIComponent(all[1]!.raisedAt)}`)).toEqual(all.slice(2));
  expect((await here.rules.call("GET", "/api/v1/alerts?state=odd")).status).toBe(400);
  expect((await here.rules.call("GET", "/api/v1/alerts?cursor=odd")).status).toBe(400);
});
