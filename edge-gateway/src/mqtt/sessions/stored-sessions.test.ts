import { expect, it } from "vitest";
import { Audience } from "./audience.ts";
import { StoredSessions, type SessionMemory } from "./stored-sessions.ts";

it("a session that ends has no subscriptions any more while the disk still notes its end", async () => {
  const done: string[] = [];
  let noted!: () => void;
  const memory: SessionMemory = {
    async removeSubscriptions({ id }, filters) {
      done.push(`removed ${id} ${filters.join()}`);
    },
    async *outgoingStream() {},
    async outgoingUpdate() {},
    async outgoingClearMessageId() {},
    forgetQueue: (session) => done.push(`queue ${session}`),
    bareOf: () => [],
    end: () => new Promise((resolve) => (noted = resolve)),
  };
  const sessions = new StoredSessions(memory, new Audience());
  sessions.added("d/one", ["devices/d/commands/+"]);
  const ended = sessions.drop("d/one");
  expect(done).toEqual(["queue d/one", "removed d/one devices/d/commands/+"]);
  noted();
  await ended;
});
