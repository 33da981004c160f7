import { describe, expect, it } from "vitest";
import { alertTransition } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { alertEvents, enableRule, hotRule } from "../support/harness.ts";
import { stage } from "../support/stage.ts";

const here = stage();

/** Lets the log's clock go on until what was received is as expected. */
async function until(expected: () => boolean): Promise<void> {
  await eventually(async () => {
    await here.on.fleet.mark();
    expect(expected()).toBe(true);
  });
}

/** In the order of their first arrival: what was under way at a stop may come once more, under the same id. */
function repetitionsOf(device: string): number[] {
  const own = here.receiver.received.filter(({ body }) => body.data.alert.device === device);
  return [...new Map(own.map(({ id, body }) => [id, (body.data.repetition as number | undefined) ?? 0])).values()];
}

async function alertOf(device: string): Promise<string> {
  const { body } = await here.rules.call("GET", `/api/v1/alerts?device=${device}`);
  return body.items[0].id as string;
}

/** What a person does to an alert that ends its repetitions; resolves when all that came before has its outcome. */
async function silence(alert: string, verb: "acknowledge" | "clear"): Promise<void> {
  const { body } = await here.rules.call("POST", `/api/v1/alerts/${alert}/${verb}`);
  await here.inEffect(body.position);
  const kinds: readonly number[] = [alertTransition.raised, alertTransition.repeated];
  const told = (await alertEvents(here.on)).filter(({ alertId, kind }) => alertId === alert && kinds.includes(kind));
  await eventually(async () => {
    const { items } = (await here.rules.call("GET", `/api/v1/alerts/${alert}/actions`)).body;
    expect(items).toHaveLength(told.length);
    expect(items.map(({ state }: { state: string }) => state)).not.toContain("waiting");
  });
}

function hooked(more: object) {
  return hotRule("hot", { actions: [{ webhook: { url: `${here.receiver.url}/hot` }, repeat: "1s", ...more }] });
}

describe("a webhook with repeat", () => {
  it("comes again under ids of their own until somebody acknowledges the alert", async () => {
    await enableRule(here.rules, hooked({}));
    await here.on.fleet.send("boiler-1", [95]);
    await until(() => repetitionsOf("boiler-1").length >= 3);
    const alert = await alertOf("boiler-1");
    await silence(alert, "acknowledge");
    const before = repetitionsOf("boiler-1");
    await here.on.fleet.send("boiler-2", [95]);
    await until(() => repetitionsOf("boiler-2").length >= 4);
    expect(repetitionsOf("boiler-1")).toEqual(before);
    // Upwards, and none twice.
    expect(before).toEqual([...new Set(before)].toSorted((a, b) => a - b));
    expect(new Set(here.receiver.received.map(({ id }) => id)).size).toBe(here.receiver.received.length);
    expect(new Set(here.receiver.received.map(({ body }) => body.type))).toEqual(new Set(["alert.raised"]));
    const { body } = await here.rules.call("GET", `/api/v1/alerts/${alert}/actions`);
    // One that waits is replaced by the next.
    const succeeded = body.items.filter(({ state }: { state: string }) => state === "succeeded");
    expect(succeeded[1]).toMatchObject({ repetition: before[1], transition: 1, on: "raised", action: 0 });
    // Repetitions are no transitions of the alert.
    expect((await here.rules.call("GET", `/api/v1/alerts/${alert}/why`)).body.transitions).toHaveLength(2);
  });

  it("doubles none over restarts, and none comes after the end", async () => {
    await enableRule(here.rules, hooked({ on: ["raised", "cleared"] }));
    await here.on.fleet.send("boiler-1", [95]);
    for (let round = 1; round <= 3; round += 1) {
      const before = repetitionsOf("boiler-1").length;
      await until(() => repetitionsOf("boiler-1").length > before);
      await here.restart();
    }
    await here.on.fleet.send("boiler-1", [70]);
    await until(() => here.receiver.received.at(-1)!.body.type === "alert.cleared");
    const told = here.receiver.received.length;
    await here.on.fleet.send("boiler-2", [95]);
    await until(() => repetitionsOf("boiler-2").length >= 3);
    expect(here.receiver.received.slice(told).filter(({ body }) => body.data.alert.device === "boiler-1")).toEqual([]);
    const repetitions = repetitionsOf("boiler-1").slice(0, -1);
    expect(repetitions).toEqual([...new Set(repetitions)].toSorted((a, b) => a - b));
  });

  it("is not sent again by a replay of all alerts", async () => {
    await enableRule(here.rules, hooked({}));
    await here.on.fleet.send("boiler-1", [95]);
    await until(() => repetitionsOf("boiler-1").length >= 3);
    const alert = await alertOf("boiler-1");
    await silence(alert, "clear");
    await here.rules.stop();
    const group = await here.on.log.consume({
      group: "rules-actions",
      topics: [here.on.topics.alerts],
      onBatch: async (batch) => void (await batch.commit(0)),
      onAssigned: (all) => Promise.resolve(all.map((each) => ({ ...each, offset: 0 }))),
    });
    await eventually(async () => {
      const committed = await here.on.log.committed("rules-actions", [here.on.topics.alerts]);
      expect(committed.some(({ offset }) => offset === 0)).toBe(true);
    });
    await group.close();
    await here.start();
    await here.on.fleet.send("boiler-2", [95]);
    await until(() => repetitionsOf("boiler-2").length >= 2);
    expect(new Set(here.receiver.received.map(({ id }) => id)).size).toBe(here.receiver.received.length);
  });
});
