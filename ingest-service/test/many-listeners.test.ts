import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { TestGateway } from "./gateway.ts";
import { openBackends, startService, type TestService, tokenHeader } from "./service.ts";

const t0 = 1_780_000_000_000_000;
const devices = 90;
const rounds = 5;
/** Listeners of each kind; together as many as there may be. */
const counts = { oneDevice: 900, oneMetric: 90, slow: 10 } as const;
const notes = 1_000;
const note = "x".repeat(20_000);
/** Bytes of buffers beyond those at the start; held whole, the notes for those who do not read are 200 MB. */
const mostHeld = 100_000_000;

let backends: Awaited<ReturnType<typeof openBackends>>;
let service: TestService;
let gateway: TestGateway;
let url: string;
const agent = new Agent({ maxSockets: Infinity });
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

beforeAll(async () => {
  backends = await openBackends();
  service = await startService({ ...backends, dataDir: backends.folder });
  gateway = new TestGateway(backends.log);
  ({ url } = await service.http.listen());
});
afterAll(async () => {
  agent.destroy();
  await service.http.close();
  await service.app.stop();
  await backends.close();
});

/** A listener that reads nothing before it is asked to. */
class Reader {
  /** The devices and values that it was told of. */
  readonly told: string[] = [];
  notes = 0;
  /** Events that it was told it missed. */
  missed = 0;
  readonly #answer: IncomingMessage;
  #text = "";

  private constructor(answer: IncomingMessage) {
    this.#answer = answer;
  }

  static async open(query: string): Promise<Reader> {
    const request = get(`${url}/api/v1/stream?topics=telemetry&${query}`, { agent, headers: tokenHeader });
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    return new Reader(answer);
  }

  read(): void {
    this.#answer.setEncoding("latin1").on("data", (chunk: string) => {
      this.#text += chunk;
      if (!chunk.includes("\n\n")) return;
      const events = this.#text.split("\n\n");
      this.#text = events.pop()!;
      for (const event of events) this.#take(event);
    });
  }

  close(): void {
    this.#answer.destroy();
  }

  #take(event: string): void {
    const [, dropped] = /^event: sampled\ndata: \{"dropped":(\d+)/m.exec(event) ?? [];
    if (dropped !== undefined) this.missed += Number(dropped);
    if (!/^event: telemetry/m.test(event)) return;
    const [, device, value] = /"device":"(d-\w+)".*"value":(\d+)/.exec(event) ?? [];
    if (device === undefined) this.notes += 1;
    else this.told.push(`${device}=${value}`);
  }
}

/** In buffers, without what is garbage already: that depends on when somebody looks. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** No more at once than a system lets wait to be accepted: beyond that, a busy one resets them. */
async function openAll(count: number, queryOf: (index: number) => string): Promise<Reader[]> {
  const readers: Reader[] = [];
  while (readers.length < count) {
    const queries = Array.from({ length: Math.min(100, count - readers.length) }, (_, i) =>
      queryOf(readers.length + i),
    );
    readers.push(...(await Promise.all(queries.map((query) => Reader.open(query)))));
  }
  return readers;
}

it("a thousand listeners each get what they asked for, and those that do not read hold up nobody and little memory", async () => {
  const ofDevice = await openAll(counts.oneDevice, (index) => `device=d-${index % devices}`);
  const ofMetric = await openAll(counts.oneMetric, () => "metric=x");
  const slow = await openAll(counts.slow, () => "metric=note");
  for (const reader of [...ofDevice, ...ofMetric]) reader.read();

  const before = heldBytes();
  const told: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const events = Array.from({ length: devices }, (_, i) => gateway.event(`d-${i}`, t0 + round, { x: round }));
    await gateway.append(...events);
    for (let i = 0; i < devices; i += 1) told.push(`d-${i}=${round}`);
  }
  for (let sent = 0; sent < notes; sent += 50) {
    await gateway.append(...Array.from({ length: 50 }, () => gateway.event("d-loud", t0, { note })));
  }
  // Told behind the notes, which are in its partition: by then they wait for those who do not read, or were left out.
  await gateway.append(gateway.event("d-loud", t0, { x: rounds }));
  told.push(`d-loud=${rounds}`);
  for (const [index, reader] of ofDevice.entries()) {
    const own = Array.from({ length: rounds }, (_, round) => `d-${index % devices}=${round}`);
    await eventually(() => expect(reader.told).toEqual(own));
  }
  for (const reader of ofMetric) await eventually(() => expect(reader.told.toSorted()).toEqual(told.toSorted()));
  expect(heldBytes() - before).toBeLessThan(mostHeld);

  for (const reader of slow) reader.read();
  for (const reader of slow) {
    await eventually(() => expect(reader.notes + reader.missed).toBe(notes));
    expect(reader.missed).toBeGreaterThan(0);
  }

  for (const reader of [...ofDevice, ...ofMetric, ...slow]) reader.close();
  const next = await eventually(() => Reader.open("device=d-1"));
  next.close();
});
