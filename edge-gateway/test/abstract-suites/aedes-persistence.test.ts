import type { Client } from "aedes";
import { silentLogger } from "@headwater/core";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Audience } from "../../src/mqtt/sessions/audience.ts";
import { bindConnection, type Connection } from "../../src/mqtt/broker/connection.ts";
import { SessionStore } from "../../src/mqtt/sessions/session-store.ts";
import { sessionPersistence } from "../../src/mqtt/broker/session-persistence.ts";
import { Qos2Journal } from "../../src/pipeline/redelivery/qos2-journal.ts";
import { runNodeTest, type SuiteTest } from "./node-test-context.ts";

const require = createRequire(import.meta.url);
const abstractPersistence = require("aedes-persistence/abstract.js") as (options: {
  test: SuiteTest;
  persistence: () => Promise<object>;
  testAsync: boolean;
}) => void;

/** What cannot hold here, and why. */
const exceptions: Readonly<Record<string, string>> = {
  "add incoming packet, get it, and clear with messageId":
    "of an incoming QoS 2 message its session and packet identifier are kept until its PUBREL, not its content: that is in the event log since before its PUBREC",
};

describe("the gateway's sessions pass the abstract suite of aedes-persistence", () => {
  let folder: string;
  let journal: Qos2Journal;
  let store: SessionStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sessions-"));
    journal = await Qos2Journal.open({ file: join(folder, "qos2.journal"), logger: silentLogger, lastN: () => 0 });
    store = await SessionStore.open({
      file: join(folder, "sessions.journal"),
      maxSessions: 1000,
      logger: silentLogger,
    });
  });
  afterEach(async () => {
    await journal.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const seen = new Set<string>();
  abstractPersistence({
    testAsync: true,
    test: (name, run) => {
      seen.add(name);
      const reason = exceptions[name];
      if (reason === undefined) it(name, () => runNodeTest(run));
      else it(`${name}: not here, as ${reason}`, () => expect(runNodeTest(run)).rejects.toThrow());
    },
    persistence: () => withGateway(journal, store),
  });

  it("every exception is one of the suite's tests", () => {
    expect(Object.keys(exceptions).filter((name) => !seen.has(name))).toEqual([]);
    expect(seen.size).toBeGreaterThan(40);
  });
});

/** The sessions with what the rest of the gateway does around them. */
async function withGateway(journal: Qos2Journal, store: SessionStore): Promise<object> {
  const { persistence } = await sessionPersistence({
    tellsOfSessions: () => true,
    isConnected: () => false,
    journal,
    store,
    audience: new Audience(),
    limits: { maxQueued: 1000, maxQueuedBytes: 1024 * 1024, maxRetained: 2000, maxRetainedBytes: 1024 * 1024 },
    onRefused: (what) => expect.fail(`no room for ${what}`),
  });
  const { addSubscriptions, incomingStorePacket, outgoingStream } = persistence;
  return Object.assign(persistence, {
    // What is read goes to another connection than before: the suite leaves it to the broker to say so with DUP.
    outgoingStream: (client: Client) => Readable.from(withoutDup(outgoingStream(client))),
    async addSubscriptions(client: Client, subscriptions: readonly { topic: string }[]): Promise<void> {
      // The login binds a connection, and the authorization notes on it what is granted.
      const filters = new Set(subscriptions.map(({ topic }) => topic));
      bindConnection({ client, filters, outgoing: new Map() } as unknown as Connection);
      try {
        await addSubscriptions(client, subscriptions);
      } finally {
        for (const key of Object.getOwnPropertySymbols(client))
          delete (client as unknown as Record<symbol, unknown>)[key];
      }
    },
    async incomingStorePacket(client: Client, packet: { cmd: string; messageId: number }): Promise<void> {
      // The commit of a message announces it.
      const token = Qos2Journal.token(client.id, packet.messageId);
      journal.add({ token, partition: 0, n: 1 });
      journal.landed(token);
      await incomingStorePacket(client, packet);
    },
  });
}

async function* withoutDup(packets: AsyncIterable<object>): AsyncGenerator<object> {
  for await (const packet of packets) yield "dup" in packet ? { ...packet, dup: false } : packet;
}
