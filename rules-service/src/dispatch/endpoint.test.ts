import { describe, expect, it } from "vitest";
import { eventually } from "@headwater/testkit/eventually";
import { Endpoint, type Job } from "./endpoint.ts";

const limits = {
  concurrency: 1,
  endpointPerMinute: 0,
  maxWaiting: 100,
  retryMs: 1,
  maxRetryMs: 1,
  breakerFailures: 100,
  breakerMs: 1,
};

it("an endpoint is told so often a minute, and the others wait", async () => {
  const told: string[] = [];
  const endpoint = new Endpoint("ops", { ...limits, concurrency: 4, endpointPerMinute: 2 }, (error) => {
    told.push(String(error));
  });
  const add = (id: string, deadline: number): void => {
    endpoint.add({
      ...{ id, lane: id, action: "0", replaces: false, signal: new AbortController().signal },
      ...{ deadline, notBefore: 0, attempts: 0 },
      attempt: () => Promise.resolve({ outcome: "delivered", status: 204 }),
      failed: () => Promise.resolve(),
      succeeded: () => Promise.resolve(void told.push(id)),
      gaveUp: (reason) => Promise.resolve(void told.push(`${id}: ${reason}`)),
    });
  };
  for (const id of ["1", "2", "3"]) add(id, Infinity);
  await eventually(() => expect(told).toEqual(["1", "2"]));
  expect(endpoint.waiting).toBe(1);
  await endpoint.stop();
});

describe("what waits for an endpoint that is away", () => {
  it("is the latest repetition alone, and what is no repetition of it", async () => {
    const told: string[] = [];
    let away = true;
    const endpoint = new Endpoint("ops", limits, (error) => told.push(String(error)));
    const add = (id: string, action: string, replaces: boolean): void => {
      const job: Job = {
        ...{ id, lane: "alert", action, replaces, signal: new AbortController().signal },
        ...{ deadline: Infinity, notBefore: 0, attempts: 0 },
        attempt: () =>
          Promise.resolve(
            away ? { outcome: "failed", status: 500, error: "away" } : { outcome: "delivered", status: 204 },
          ),
        failed: () => Promise.resolve(),
        succeeded: () => Promise.resolve(void told.push(id)),
        gaveUp: (reason) => Promise.resolve(void told.push(`${id}: ${reason}`)),
      };
      endpoint.add(job);
    };
    add("raised", "0", false);
    add("raised for another action", "1", false);
    add("repetition 1", "0", true);
    add("repetition 2", "0", true);
    away = false;
    const replaced = "a later repetition has taken its place";
    await eventually(() =>
      expect(told).toEqual([
        `raised: ${replaced}`,
        "raised for another action",
        `repetition 1: ${replaced}`,
        "repetition 2",
      ]),
    );
    await endpoint.stop();
  });
});
