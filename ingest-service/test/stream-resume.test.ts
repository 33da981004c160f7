import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alertTransition, events } from "@headwater/proto";
import { topics } from "./service.ts";
import type { Told } from "./stream-listener.ts";
import { StreamedService } from "./streamed-service.ts";

const t0 = 1_780_000_000_000_000;

let streamed: StreamedService;
beforeAll(async () => {
  streamed = await StreamedService.start();
});
afterAll(() => streamed.close());

describe("the live stream after an interruption", () => {
  it("goes on where it was left, by Last-Event-ID", async () => {
    const first = await streamed.open("topics=telemetry");
    await first.next("position");
    await streamed.gateway.append(streamed.gateway.event("d1", t0, { x: 10 }));
    await first.next("telemetry");
    first.close();
    await streamed.gateway.append(streamed.gateway.event("d1", t0, { x: 11 }));
    const second = await streamed.open("topics=telemetry", first.lastId);
    const told = await second.next("telemetry");
    expect((told.data["readings"] as { value: number }[])[0]!.value).toBe(11);
    second.close();
  });

  it("misses nothing and tells nothing twice, however often it resumes while events come", async () => {
    const count = 400;
    let listener = await streamed.open("topics=telemetry&device=r1");
    await listener.next("position");
    const sending = (async () => {
      for (let i = 0; i < count; i += 2) {
        // Two in a batch, as it happens where the machine is slow: the id comes with the second.
        const two = [i, i + 1].map((each) => streamed.gateway.event("r1", t0 + each, { i: each }));
        await streamed.gateway.append(...two, streamed.gateway.event("r2", t0, { i }));
      }
    })();
    const heard: number[] = [];
    let sinceResumed = 0;
    while (heard.at(-1) !== count - 1) {
      const told = await listener.next("telemetry");
      heard.push((told.data["readings"] as { value: number }[])[0]!.value);
      sinceResumed += 1;
      // The id is that of the batch, and comes with its last event.
      if (sinceResumed < 23 || told.id === undefined) continue;
      sinceResumed = 0;
      listener.close();
      listener = await streamed.open("topics=telemetry&device=r1", told.id);
    }
    listener.close();
    await sending;
    expect(heard).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it("goes on behind a restart of the service, by Last-Event-ID, with what came meanwhile", async () => {
    const before = await streamed.open("topics=telemetry&device=restarted");
    await before.next("position");
    await streamed.gateway.append(streamed.gateway.event("restarted", t0, { x: 1 }));
    await before.next("telemetry");
    await streamed.end();
    await before.ended;
    await streamed.gateway.append(
      streamed.gateway.event("restarted", t0 + 1, { x: 2 }),
      streamed.gateway.event("restarted", t0 + 2, { x: 3 }),
    );
    await streamed.begin();
    const after = await streamed.open("topics=telemetry&device=restarted", before.lastId);
    const values: unknown[] = [];
    while (values.length < 2) {
      const { readings } = (await after.next("telemetry")).data as { readings: { value: unknown }[] };
      values.push(...readings.map(({ value }) => value));
    }
    expect(values).toEqual([2, 3]);
    after.close();
  });

  describe("tells what rules emit again after a crash once:", () => {
    const device = "d8";
    const derived = (causeOffset: number, ordinal: number) => {
      const value = events.telemetry.encode({
        ...{ device, eventTime: t0, receivedAt: t0, readings: [{ metric: "y", number: causeOffset * 10 + ordinal }] },
        derived: { rule: "r", revision: 1, causeOffset, ordinal },
      });
      return { key: device, value };
    };
    const readingOf = ({ data }: Told) => (data["readings"] as { value: number }[])[0]!.value;

    it("derived events, also to a listener that resumes between them", async () => {
      // So that there are records of which something can be derived.
      await streamed.gateway.append(...[1, 2, 3].map((x) => streamed.gateway.event(device, t0, { x })));
      const listener = await streamed.open(`device=${device}&topics=telemetry`);
      await listener.next("position");
      await streamed.backends.log.append(topics.telemetry, [
        derived(0, 1),
        derived(1, 1),
        derived(0, 1),
        derived(1, 2),
      ]);
      const told = [
        await listener.next("telemetry"),
        await listener.next("telemetry"),
        await listener.next("telemetry"),
      ];
      expect(told.map(readingOf)).toEqual([1, 11, 12]);
      listener.close();
      await streamed.backends.log.append(topics.telemetry, [derived(1, 1), derived(1, 2), derived(2, 1)]);
      const resumed = await streamed.open(`device=${device}&topics=telemetry`, listener.lastId);
      expect(readingOf(await resumed.next("telemetry"))).toBe(21);
      resumed.close();
    });

    it("transitions of alerts and requests of commands", async () => {
      const listener = await streamed.open(`device=${device}&topics=alerts,commands`);
      await listener.next("position");
      const alert = (transition: number, more: object = {}) => {
        const kind = transition === 1 ? alertTransition.raised : alertTransition.cleared;
        const event = {
          alertId: "a8",
          rule: "r",
          revision: 1,
          device,
          kind,
          at: t0,
          raisedAt: t0,
          transition,
          ...more,
        };
        return { key: device, value: events.alert.encode(event) };
      };
      const byHand = { kind: alertTransition.acknowledged, writeId: "w1", by: "ann" };
      const requested = { device, commandId: randomUUID(), requested: { name: "reboot", ttlMs: 60_000 } };
      const command = { key: device, value: events.command.encode(requested) };
      await streamed.backends.log.append(topics.alerts, [
        alert(1),
        alert(1),
        alert(0, byHand),
        alert(1),
        alert(0, byHand),
      ]);
      await streamed.backends.log.append(topics.alerts, [alert(2), alert(1), alert(2), alert(3)]);
      const transitions: unknown[] = [];
      while (transitions.at(-1) !== 3) transitions.push((await listener.next("alerts")).data["transition"]);
      expect(transitions).toEqual([1, 0, 2, 3]);
      await streamed.backends.log.append(topics.commands, [command, command]);
      const delivered = { device, commandId: requested.commandId, delivered: {} };
      await streamed.backends.log.append(topics.commands, [{ key: device, value: events.command.encode(delivered) }]);
      const steps: unknown[] = [];
      while (steps.at(-1) !== "delivered") steps.push((await listener.next("commands")).data["what"]);
      expect(steps).toEqual(["requested", "delivered"]);
      listener.close();
    });
  });
});
