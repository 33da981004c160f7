import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sleep } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { type EventLog, LogUnavailableError } from "@headwater/event-log";
import { hotRule, platform, quickConfig, startService, token, type Platform, type Service } from "./support/harness.ts";

let on: Platform;
/** Holds every reading of telemetry by range while it is not resolved: a log that is slow. */
let held: PromiseWithResolvers<void> | undefined;
/** Topics of which the next reading and the next question for positions come to nothing: a log that stands still. */
const silent = { read: new Set<string>(), positions: new Set<string>() };
let rules: Service;

beforeEach(async () => {
  const made = await platform();
  const { log } = made;
  const read: EventLog["read"] = async function* (topic, partition, range) {
    if (topic === made.topics.telemetry) await held?.promise;
    if (silent.read.delete(topic)) throw new LogUnavailableError("Kafka does not answer");
    yield* log.read(topic, partition, range);
  };
  const slow: EventLog = {
    ensureTopics: (specs) => log.ensureTopics(specs),
    append: (topic, records) => log.append(topic, records),
    consume: (options) => log.consume(options),
    follow: (options) => log.follow(options),
    read,
    async positions(topic) {
      if (silent.positions.delete(topic)) throw new LogUnavailableError("Kafka does not answer");
      return log.positions(topic);
    },
    committed: (group, topics) => log.committed(group, topics),
    close: () => log.close(),
  };
  on = { ...made, log: slow };
  held = undefined;
  rules = await startService(on, { ...quickConfig, backtests: 1 });
  held = Promise.withResolvers();
});

afterEach(async () => {
  held?.resolve();
  await rules.stop();
  await on.close();
});

async function start(): Promise<string> {
  const { body } = await rules.call("POST", "/api/v1/backtests", { rule: hotRule("hot"), from: "-1h" });
  return body.id as string;
}

async function stateOf(id: string): Promise<string> {
  return (await rules.call("GET", `/api/v1/backtests/${id}`)).body.state as string;
}

it("waits while others run, and can be cancelled while it waits or runs", async () => {
  const [first, second, third] = [await start(), await start(), await start()];
  expect(await Promise.all([first, second, third].map(stateOf))).toEqual(["running", "queued", "queued"]);
  const cancelled = await rules.call("POST", `/api/v1/backtests/${second}/cancel`);
  expect(cancelled.body.state).toBe("cancelled");
  const cancelling = rules.call("POST", `/api/v1/backtests/${first}/cancel`);
  held!.resolve();
  expect((await cancelling).body.state).toBe("cancelled");
  await eventually(async () => expect(await stateOf(third)).toBe("done"));
  // What has ended stays as it is.
  expect((await rules.call("POST", `/api/v1/backtests/${third}/cancel`)).body.state).toBe("done");
});

it("tells its progress as it goes, and its end", async () => {
  await on.fleet.send("boiler", [70, 99, 60]);
  const id = await start();
  const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
  const listen = () => rules.http.inject({ method: "GET", url: `/api/v1/backtests/${id}`, headers });
  const listening = listen();
  held!.resolve();
  const { headers: answered, body } = await listening;
  expect(answered["content-type"]).toContain("text/event-stream");
  const told = body.split("\n\n").filter((each) => each.startsWith("id: "));
  expect(told[0]).toMatch(/^id: 1\nevent: progress\ndata: \{"id":/);
  expect(told.at(-1)).toMatch(/\nevent: done\ndata: .*"state":"done","progress":1/);
  expect((await listen()).body).toMatch(/^id: 1\nevent: done\n/);
});

it("waits for a log that stands still, wherever it is", async () => {
  await on.fleet.send("boiler", [70, 99, 60]);
  held!.resolve();
  const { telemetry, devices } = on.topics;
  for (const [what, topic] of [
    ["positions", telemetry],
    ["read", telemetry],
    ["read", devices],
  ] as const) {
    silent[what].add(topic);
    const id = await start();
    await eventually(async () => {
      const { body } = await rules.call("GET", `/api/v1/backtests/${id}`);
      expect(body, `${what} ${topic}`).toMatchObject({ state: "done", episodes: [{ device: "boiler" }] });
    });
    expect(silent[what].has(topic)).toBe(false);
  }
});

describe("that nobody keeps", () => {
  const isKnown = async (id: string): Promise<boolean> =>
    (await rules.call("GET", "/api/v1/backtests?limit=100")).body.items.some((each: { id: string }) => each.id === id);
  const startUnkept = async (): Promise<string> => {
    const body = { rule: hotRule("hot"), from: "-1h", keep: false };
    return (await rules.call("POST", "/api/v1/backtests", body)).body.id as string;
  };

  beforeEach(async () => {
    await rules.stop();
    rules = await startService(on, { ...quickConfig, backtests: 1, backtestIdleMs: 300 }, rules.dataDir);
  });

  it("is cancelled and forgotten once nobody asks for it, and whoever waits behind it comes next", async () => {
    const [running, waiting] = [await startUnkept(), await startUnkept()];
    const kept = await start();
    await eventually(async () => expect(await isKnown(waiting)).toBe(false));
    held!.resolve();
    await eventually(async () => expect(await isKnown(running)).toBe(false));
    await eventually(async () => expect(await stateOf(kept)).toBe("done"));
  });

  it("stays while its progress is listened to, and goes when the listener does", async () => {
    const { url } = await rules.http.listen();
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    // On a busy machine it may be forgotten before anybody listens.
    const id = await eventually(async () => {
      const made = await startUnkept();
      const { status } = await fetch(`${url}/api/v1/backtests/${made}`, { headers, signal: leaving.signal });
      expect(status).toBe(200);
      return made;
    });
    await sleep(1000);
    expect(await isKnown(id)).toBe(true);
    leaving.abort();
    held!.resolve();
    await eventually(async () => expect(await isKnown(id)).toBe(false));
  });

  it("goes with a restart", async () => {
    const [id, kept] = [await startUnkept(), await start()];
    const stopping = rules.stop();
    held!.resolve();
    await stopping;
    rules = await startService(on, quickConfig, rules.dataDir);
    expect(await isKnown(kept)).toBe(true);
    expect(await isKnown(id)).toBe(false);
  });
});

it("that a restart has cut off is told as failed", async () => {
  const id = await start();
  await eventually(async () => expect(await stateOf(id)).toBe("running"));
  const stopping = rules.stop();
  held!.resolve();
  await stopping;
  const { dataDir } = rules;
  rules = await startService(on, quickConfig, dataDir);
  const { body } = await rules.call("GET", `/api/v1/backtests/${id}`);
  expect(body).toMatchObject({ state: "failed", error: expect.stringContaining("restarted") });
});

it("goes on behind records that cannot be read, and says so", async () => {
  held!.resolve();
  await on.fleet.send("boiler", [70]);
  const partition = on.fleet.partitionOf("boiler");
  await on.log.append(on.topics.telemetry, [{ key: null, partition, value: Buffer.from("no event") }]);
  await on.log.append(on.topics.telemetry, [{ key: null, partition, value: null }]);
  await on.fleet.send("boiler", [99]);
  const id = await start();
  const found = await eventually(async () => {
    const { body } = await rules.call("GET", `/api/v1/backtests/${id}`);
    expect(body.state).toBe("done");
    return body;
  });
  expect(found.episodes).toHaveLength(1);
  expect(found.notes.join()).toContain("2 records could not be decoded");
});
