import { expect, it } from "vitest";
import { Audience } from "./audience.ts";
import { StoredSessions, type SessionMemory } from "./stored-sessions.ts";

it("a session that ends has lost its subscriptions before the disk says so", async () => {
  const onDisk = Promise.withResolvers<void>();
  const subscribed = new Map([["d/one", new Set(["a", "b"])]]);
  const ended: string[] = [];
  const memory: Pick<SessionMemory, "end" | "forgetQueue" | "removeSubscriptions"> = {
    end: (session) => {
      ended.push(session);
      return onDisk.promise;
    },
    forgetQueue: () => {},
    removeSubscriptions: async ({ id }, filters) => {
      for (const filter of filters) subscribed.get(id)!.delete(filter);
    },
  };
  const sessions = new StoredSessions(memory as SessionMemory, new Audience());
  sessions.added("d/one", ["a", "b"]);
  const dropped = sessions.drop("d/one");
  await Promise.resolve();
  expect([ended, subscribed.get("d/one")]).toEqual([["d/one"], new Set()]);
  onDisk.resolve();
  await dropped;
});
