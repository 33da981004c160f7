import { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { StreamGuard } from "./stream-guard.ts";

const connect = Buffer.from("100e00044d515454050200000000 0163".replace(" ", ""), "hex");
const options = {
  limits: {
    ...{ maxPacketBytes: 1000, maxTopicBytes: 100, maxTopicLevels: 5, maxFilters: 3, maxClientIdBytes: 30 },
    ...{ maxUserProperties: 2, maxPropertyBytes: 300, speaksVersion5: true },
  },
  rates: { messagesPerSecond: 0, bytesPerSecond: 0, burstMs: 1000, patienceMs: 50 },
  maxUnsentBytes: 1000,
  onViolation: () => {},
  onSlowed: () => {},
  onCongested: () => {},
};

/** What the broker does with a CONNECT, in milliseconds. */
const workMs = 4;

it("of clients that all send at once a few are read in one turn of the event loop, and each in the end", async () => {
  const read: number[] = [];
  const deferred = new Set<Duplex>();
  const streams = Array.from({ length: 30 }, (_, client) => {
    const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const guard = new StreamGuard(stream, { ...options, onDeferred: (each) => void deferred.add(each.stream) });
    stream.on("readable", () => {
      if (guard.stream.read() === null) return;
      read.push(client);
      const until = performance.now() + workMs;
      while (performance.now() < until);
    });
    return stream;
  });
  for (const stream of streams) stream.push(connect);
  const byTurn: number[] = [];
  while (read.length < streams.length) {
    const before = read.length;
    await turn();
    byTurn.push(read.length - before);
  }
  expect(read).toEqual(streams.map((_, client) => client));
  // Three begin within 10 ms, of what has come and again of what has waited.
  expect(Math.max(...byTurn)).toBeLessThanOrEqual(6);
  // Of whoever waits it is known that it has something to say.
  expect(read.slice(byTurn[0]).filter((client) => !deferred.has(streams[client]!))).toEqual([]);
});
