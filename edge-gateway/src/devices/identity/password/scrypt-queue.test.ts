import { parsePasswordHash, type PasswordHash } from "@headwater/aggregates";
import { silentLogger } from "@headwater/core";
import { afterEach, expect, it } from "vitest";
import { passwordCredential } from "../../../../test/device-log.ts";
import { PasswordLogin } from "./password-login.ts";
import { ScryptQueue } from "./scrypt-queue.ts";

const password = "correct horse battery";
const hashOf = (ln: number): PasswordHash =>
  parsePasswordHash(Buffer.from(passwordCredential(password, { ln }).hash).toString())!;
const right = Buffer.from(password);
const wrong = Buffer.from("wrong horse battery");

let queue: ScryptQueue;
afterEach(() => queue.close());

it("compares in another thread, one after the other, and takes no more than there is room for", async () => {
  queue = new ScryptQueue({ maxWaiting: 3, logger: silentLogger });
  const hash = hashOf(12);
  const outcomes = [right, wrong, right, right].map((each) => queue.compare(each, hash));
  expect([queue.waiting, queue.isFull]).toEqual([3, true]);
  expect(await Promise.all(outcomes)).toEqual([true, false, true, undefined]);
  expect([queue.waiting, queue.isFull]).toEqual([0, false]);
});

it("goes on after a comparison that cannot be", async () => {
  queue = new ScryptQueue({ maxWaiting: 3, logger: silentLogger });
  // N = 1 is no cost that scrypt takes.
  expect(await queue.compare(right, { ...hashOf(8), ln: 0 })).toBeUndefined();
  expect(await queue.compare(right, hashOf(8))).toBe(true);
});

it("gives up what is waiting when it is closed", async () => {
  queue = new ScryptQueue({ maxWaiting: 3, logger: silentLogger });
  const outcomes = [queue.compare(right, hashOf(15)), queue.compare(right, hashOf(15))];
  await queue.close();
  expect(await Promise.all(outcomes)).toEqual([undefined, undefined]);
  expect(await queue.compare(right, hashOf(8))).toBeUndefined();
});

it("a name without a password waits about as long as one with it", async () => {
  queue = new ScryptQueue({ maxWaiting: 8, logger: silentLogger });
  const login = new PasswordLogin(queue);
  const chosen = passwordCredential(password, { ln: 15 });
  const stored = { id: "c", kind: "password", hash: Buffer.from(chosen.hash).toString("base64"), expiresAt: 0 };
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    expect(await work()).toBe("wrong");
    return performance.now() - began;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let i = 0; i < 12; i += 1) {
    known.push(await timed(() => login.verify("known", [stored], Buffer.from(`guess ${i} at it`), `10.0.0.${i}`)));
    unknown.push(await timed(() => login.pretend("unknown", `10.0.0.${i}`)));
  }
  const middle = (times: number[]): number => times.slice(4).toSorted((a, b) => a - b)[4]!;
  // Far closer in quiet; what it shows is that neither is told at once.
  expect(middle(unknown)).toBeGreaterThan(middle(known) / 5);
  expect(middle(unknown)).toBeLessThan(middle(known) * 5);
});
