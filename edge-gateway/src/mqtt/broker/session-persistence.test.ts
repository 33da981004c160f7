import type { Client } from "aedes";
import { silentLogger } from "@headwater/core";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Qos2Journal } from "../../pipeline/redelivery/qos2-journal.ts";
import { Audience } from "../sessions/audience.ts";
import { SessionStore } from "../sessions/session-store.ts";
import { bindConnection, type Connection } from "./connection.ts";
import { sessionPersistence } from "./session-persistence.ts";

let folder: string;
let journal: Qos2Journal;
let store: SessionStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "session-persistence-"));
  journal = await Qos2Journal.open({ file: join(folder, "qos2.journal"), logger: silentLogger, lastN: () => 0 });
  store = await SessionStore.open({ file: join(folder, "sessions.journal"), maxSessions: 10, logger: silentLogger });
});
afterEach(async () => {
  await journal.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

it.each([
  [true, ["kept"]],
  [false, []],
])(
  "a message that a connection is not sent stays for its session if that is because it ends (%s)",
  async (isEnding, left) => {
    const { persistence } = await sessionPersistence({
      ...{ journal, store, audience: new Audience(), tellsOfSessions: () => true, isConnected: () => true },
      limits: { maxQueued: 10, maxQueuedBytes: 1000, maxRetained: 10, maxRetainedBytes: 1000 },
      onRefused: (what) => expect.fail(`no room for ${what}`),
    });
    const client = { id: "s", version: 4, closed: false } as Client;
    bindConnection({ client, isEnding, outgoingCount: 0 } as Connection);
    const message = { cmd: "publish", brokerId: "b", brokerCounter: 1, topic: "a", payload: "kept" } as const;
    await persistence.outgoingEnqueueCombi([{ clientId: client.id }], { ...message });
    // As the broker does it with what may not be forwarded.
    await persistence.outgoingClearMessageId(client, message);
    const waiting: string[] = [];
    for await (const { payload } of persistence.outgoingStream(client)) waiting.push(String(payload));
    expect(waiting).toEqual(left);
  },
);
