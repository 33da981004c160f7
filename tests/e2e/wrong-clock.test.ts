import { expect, it } from "vitest";
import { ReceiveClock } from "../../edge-gateway/src/pipeline/clock/receive-clock.ts";
import { at, epoch0, second } from "../../rules-service/test/engine/harness.ts";
import { Partition } from "../../rules-service/test/engine/partition.ts";

const hour = 3600;

it("a gateway's clock set ahead an hour and back: nothing is told later than 30 s, and nobody is silent who spoke", () => {
  const partition = new Partition();
  let now = 0;
  let ahead = 0;
  const clock = new ReceiveClock(0, { wall: () => at(now + ahead), monotonic: () => now * second });
  const received = (): number => (clock.take() - epoch0) / second;
  /** How much later than it happened each was told. */
  const late: number[] = [];
  const wrong: string[] = [];

  partition.tick(0);
  partition.device("speaks", {});
  partition.device("pauses", {});
  partition.rule({ absent: "60s", metric: undefined });
  for (now = 5; now < 3.5 * hour; now += 5) {
    if (now === hour) ahead = hour;
    if (now === 2 * hour) ahead = 0;
    const forwarded = received();
    partition.mark(forwarded, { appended: now, forwarded });
    partition.read(now, 1, { device: "speaks", received: received(), appended: now });
    // Silent for two minutes of every ten.
    if (now % 600 < 480) partition.read(now, 1, { device: "pauses", received: received(), appended: now });
    partition.tick(now);
    for (const { device, kind, at: when } of partition.alerts()) {
      const happened = (when! - epoch0) / second;
      if (device === "speaks") wrong.push(`${kind} @${happened}`);
      else late.push(now - happened);
    }
  }
  expect(wrong).toEqual([]);
  // Each of the pauses raises and clears; the last goes on.
  expect(late).toHaveLength(2 * 21 - 1);
  // With the rule's wait of 5 s.
  expect(Math.max(...late)).toBeLessThanOrEqual(30);
});
