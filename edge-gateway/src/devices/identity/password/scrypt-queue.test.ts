import { parsePasswordHash, type PasswordHash } from "@headwater/aggregates";
import { silentLogger } from "@headwater/core";
import { scryptSync } from "node:crypto";
import { cpuMillis } from "@headwater/testkit/cpu-time";
import { afterEach, expect, it } from "vitest";
import { passwordCredential } from "../../../../test/device-log.ts";
import { PasswordLogin } from "./password-login.ts";
import { ScryptQueue } from "./scrypt-queue.ts";

const password = "correct horse battery";
const hashOf = (ln: number): PasswordHash =>
  parsePasswordHash(Buffer.from(passwordCredential(password, { ln }).hash).toString())!;
const right = Buffer.from(password);
const wrong = Buffer.from("wrong horse battery");

/** The thread has a low priority: beside other work the wait for one's turn has no bound that a test could name. */
const queueOf = (maxWaiting: number): ScryptQueue =>
  new ScryptQueue({ maxWaiting, maxWaitMs: 120_000, logger: silentLogger });

let queue: ScryptQueue;
afterEach(() => queue.close());

it("compares in another thread, one after the other, and takes no more than there is room for", async () => {
  queue = queueOf(3);
  const hash = hashOf(12);
  const outcomes = [right, wrong, right, right].map((each) => queue.compare(each, hash));
  expect([queue.waiting, queue.isFull]).toEqual([3, true]);
  expect(await Promise.all(outcomes)).toEqual([true, false, true, undefined]);
  expect([queue.waiting, queue.isFull]).toEqual([0, false]);
});

it("goes on after a comparison that cannot be", async () => {
  queue = queueOf(3);
  // N = 1 is no cost that scrypt takes.
  expect(await queue.compare(right, { ...hashOf(8), ln: 0 })).toBeUndefined();
  expect(await queue.compare(right, hashOf(8))).toBe(true);
});

it("gives up what is waiting when it is closed", async () => {
  // A hash is made in this thread, for long enough that a comparison could end meanwhile.
  const hash = hashOf(15);
  queue = queueOf(3);
  const outcomes = [queue.compare(right, hash), queue.compare(right, hash)];
  await queue.close();
  expect(await Promise.all(outcomes)).toEqual([undefined, undefined]);
  expect(await queue.compare(right, hashOf(8))).toBeUndefined();
});

it("drops what has waited for its turn for longer than a client waits", async () => {
  queue = new ScryptQueue({ maxWaiting: 3, maxWaitMs: 100, logger: silentLogger });
  const outcomes = [queue.compare(right, hashOf(12)), queue.compare(right, hashOf(12))];
  expect(queue.isFull).toBe(true);
  expect(await Promise.all(outcomes)).toEqual([true, undefined]);
});

it("a name without a password waits about as long as one with it", async () => {
  queue = queueOf(8);
  const login = new PasswordLogin(queue);
  const chosen = passwordCredential(password, { ln: 15 });
  const stored = { id: "c", kind: "password", hash: Buffer.from(chosen.hash).toString("base64"), expiresAt: 0 };
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    expect(await work()).toBe("wrong");
    return performance.now() - began;
  };
  const known: number[] = [];
  for (let i = 0; i < 12; i += 1)
    known.push(await timed(() => login.verify("known", [stored], Buffer.from(`guess ${i} at it`), `10.0.0.${i}`)));
  // What is expected lies between the first guess and what the comparisons took: never less than the processor works
  // on one, never more than the longest of them.
  const expected = queue.expectedMs;
  const { ln, r, p, salt, hash } = hashOf(15);
  const works = (): number =>
    cpuMillis(() => scryptSync(right, salt, hash.length, { N: 2 ** ln, r, p, maxmem: 2 ** 28 }));
  expect(expected).toBeGreaterThan(Math.min(200, works(), works(), works()) / 2);
  expect(expected).toBeLessThanOrEqual(Math.max(200, ...known));
  // A timer may fire up to a millisecond early.
  expect(await timed(() => login.pretend("unknown", "10.0.0.99"))).toBeGreaterThanOrEqual(Math.floor(expected) - 1);
});
