import { silentLogger } from "@headwater/core";
import { expect, it } from "vitest";
import { RefusalLog } from "./refusal-log.ts";

function refusalLog() {
  const counts = new Map<string, number>();
  const lines: object[] = [];
  let now = 0;
  const log = new RefusalLog(
    {
      labels: ({ unit, reason }) => ({
        inc: () => counts.set(`${unit}/${reason}`, (counts.get(`${unit}/${reason}`) ?? 0) + 1),
      }),
    },
    { ...silentLogger, warn: (facts: unknown) => void lines.push(facts as object) },
    () => now,
  );
  return { log, counts, lines, pass: (ms: number) => (now += ms) };
}

it("tells of a device and reason once a minute, with how many more there were, and counts each", () => {
  const { log, counts, lines, pass } = refusalLog();
  const device = { device: "d", client: "c" };
  for (let i = 0; i < 5; i += 1) log.add("connection", "packet-too-large", device, "cut");
  log.add("connection", "topic-name", device, "cut");
  log.add("message", "packet-too-large", { device: "e" }, "cut");
  expect(lines).toEqual([
    { device: "d", client: "c", reason: "packet-too-large" },
    { device: "d", client: "c", reason: "topic-name" },
    { device: "e", reason: "packet-too-large" },
  ]);
  pass(60_000);
  log.add("connection", "packet-too-large", device, "cut");
  expect(lines.at(-1)).toEqual({ device: "d", client: "c", reason: "packet-too-large", more: 4 });
  expect(Object.fromEntries(counts)).toEqual({
    "connection/packet-too-large": 6,
    "connection/topic-name": 1,
    "message/packet-too-large": 1,
  });
});

it("remembers no more than a bound, whoever comes", () => {
  const { log, lines } = refusalLog();
  for (let i = 0; i < 5000; i += 1) log.add("login", "unknown", { address: `10.0.${i >> 8}.${i & 255}` }, "refused");
  expect(lines).toHaveLength(5000);
});
