import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@headwater/core";
import { LogUnavailableError, topicNames, topicSpecs, type ConsumeOptions, type EventLog } from "@headwater/event-log";
import { openEmbeddedLog } from "@headwater/event-log/embedded";
import { eventually } from "@headwater/testkit/eventually";
import { expect, it } from "vitest";
import { actionEvents, createService, enableRule, hotRule, quickConfig, type Service } from "./support/harness.ts";
import { Fleet } from "./support/fleet.ts";
import { startReceiver } from "./support/receiver.ts";

/** A log that keeps no offset in time, as Kafka where either side stood still, until `isBack`. */
function forgetful(log: EventLog): { log: EventLog; refused: Set<string>; isBack: boolean } {
  const state = { refused: new Set<string>(), isBack: false };
  const consume = (options: ConsumeOptions): ReturnType<EventLog["consume"]> =>
    log.consume({
      ...options,
      onBatch: ({ topic, partition, records, highWatermark, signal, commit }) =>
        options.onBatch({
          ...{ topic, partition, records, highWatermark, signal },
          async commit(offset) {
            if (state.isBack) return commit(offset);
            state.refused.add(`${topic}/${partition}`);
            throw new LogUnavailableError("Kafka did not keep an offset in time");
          },
        }),
    });
  const proxy = new Proxy(log, {
    get(target, name) {
      const value: unknown = name === "consume" ? consume : Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return Object.assign(state, { log: proxy });
}

it("goes on where an offset is not kept in time, and commits it with the next one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "headwater-uncommitted-"));
  const embedded = await openEmbeddedLog({ dataDir: join(folder, "log") });
  const topics = topicNames();
  const partitions = 1;
  // Somebody else's partition is read too, and committed, so that it does not look like a lag.
  await embedded.ensureTopics(
    topicSpecs(partitions).map((spec) => (spec.name === topics.telemetry ? { ...spec, partitions: 2 } : spec)),
  );
  const forgetting = forgetful(embedded);
  const receiver = await startReceiver();
  const on = { log: forgetting.log, topics, partitions, folder };
  const actions = { networks: ["127.0.0.0/8"], attemptMs: 60_000 };
  let rules: Service | undefined;
  try {
    rules = await createService(on, quickConfig, silentLogger, actions);
    await rules.app.start();
    await enableRule(rules, hotRule("hot", { actions: [{ webhook: { url: `${receiver.url}/hook` } }] }));
    const fleet = new Fleet({ log: embedded, topics, partitions });
    await embedded.append(topics.telemetry, [{ key: null, value: Buffer.from("somebody else's"), partition: 1 }]);
    const send = (device: string, value: number): Promise<unknown> =>
      fleet.append([{ ...fleet.record(device, "temperature", value).record, partition: 0 }]);
    await send("boiler-1", 95);
    await eventually(() => expect(receiver.received).toHaveLength(1));
    const read = [`${topics.alerts}/0`, `${topics.telemetry}/0`, `${topics.telemetry}/1`];
    await eventually(() => expect([...forgetting.refused].toSorted()).toEqual(read));

    forgetting.isBack = true;
    await send("boiler-2", 96);
    await eventually(() => expect(receiver.received).toHaveLength(2));
    const end = (await embedded.positions(topics.alerts)).find(({ partition }) => partition === 0)!.end;
    await eventually(async () => {
      const committed = await embedded.committed("rules-actions", [topics.alerts]);
      expect(committed.find(({ partition }) => partition === 0)?.offset).toBe(end);
    });
    const requested = (await actionEvents(on)).filter((event) => event.requested != null);
    expect(requested).toHaveLength(2);
  } finally {
    await rules?.stop();
    await receiver.close();
    await embedded.close();
    await rm(folder, { recursive: true, force: true });
  }
});
