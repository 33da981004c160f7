import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@headwater/core";
import { eventually } from "@headwater/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SessionExpiry } from "./session-expiry.ts";
import { SessionStore } from "./session-store.ts";
import type { StoredSessions } from "./stored-sessions.ts";

const hour = 3_600_000;

describe("sessions whose clients are away", () => {
  let folder: string;
  let dropped: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "session-expiry-"));
    dropped = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const openStore = (now = Date.now()) =>
    SessionStore.open({ file: join(folder, "sessions"), maxSessions: 10, logger: silentLogger, now: () => now });
  const seenAt = async (...times: readonly number[]) => {
    for (const [index, time] of times.entries()) {
      const store = await openStore(time);
      await store.add(`s${index}`, [{ topic: "a", qos: 1 }]);
      await store.close();
    }
  };
  const expiring = (store: SessionStore, forgotten: () => void = () => {}) =>
    new SessionExpiry({
      store,
      sessions: { drop: async (session: string) => void dropped.push(session) } as unknown as StoredSessions,
      expiryMs: hour,
      isConnected: () => false,
      forget: async () => forgotten(),
      logger: silentLogger,
    });

  it("are forgotten after their time", async () => {
    await seenAt(Date.now() - 2 * hour, Date.now());
    const store = await openStore();
    const expiry = expiring(store);
    expiry.start();
    await eventually(() => expect(dropped).toEqual(["s0"]));
    expiry.stop();
    await store.close();
  });

  it("are kept by a clock that leapt: all of them were heard of years ago, it says", async () => {
    const year = 365 * 24 * hour;
    await seenAt(Date.now() - 10 * year - 2 * hour, Date.now() - 10 * year);
    const store = await openStore();
    const expiry = expiring(store);
    expiry.start();
    await eventually(() => expect(dropped).toEqual(["s0"]));
    expiry.stop();
    await store.close();
  });
});
