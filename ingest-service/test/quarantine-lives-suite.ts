import { rmSync } from "node:fs";
import { join } from "node:path";
import { nowMicros } from "@headwater/core";
import { type EventLog, partitionFor, type TopicNames } from "@headwater/event-log";
import { events, eventTypes } from "@headwater/proto";
import { eventually } from "@headwater/testkit/eventually";
import { expect, it } from "vitest";
import { partitions, type TestService } from "./service.ts";

/** A service on a log that stays, and what the log does by itself in hours. */
export interface QuarantineLivesScene {
  service: TestService;
  readonly log: EventLog;
  readonly topics: TopicNames;
  /** Of the service's files. */
  readonly folder: string;
  start(): Promise<TestService>;
  /** Keeps the last record of each device alone; undefined: the log does so when it likes. */
  compact?(): Promise<void>;
}

const hour = 3_600_000_000;

/** What of the lives of one device stays in quarantine when they are deleted with their data, or without. */
export function quarantineLivesSuite(scene: () => QuarantineLivesScene): void {
  const register = async (id: string): Promise<void> => {
    const answer = await scene().service.request("POST", "/api/v1/devices", { id });
    expect(answer.status, answer.text).toBe(201);
  };
  const remove = async (id: string, query = ""): Promise<void> => {
    const answer = await scene().service.request("DELETE", `/api/v1/devices/${id}${query}`);
    expect(answer.status, answer.text).toBe(200);
  };
  /** A message that a gateway could not decode; `incarnation`: of a gateway that tells of it. */
  const setAside = async (id: string, device: string, at: number, incarnation?: number): Promise<void> => {
    const entry = { id, device, at, stage: "decode", reason: "not JSON", payload: Buffer.from("a secret") };
    await scene().log.append(scene().topics.quarantine, [
      {
        ...{ key: device, partition: partitionFor(device, partitions) },
        value: events.quarantine.encode({ ...entry, ...(incarnation !== undefined && { incarnation }) }),
        headers: { ce_type: eventTypes.quarantine },
      },
    ]);
  };
  const held = async (device: string): Promise<string> => {
    const url = `/api/v1/quarantine?limit=1000&device=${device}`;
    const { body } = await scene().service.request<{ items: { id: string }[] }>("GET", url);
    return body.items
      .map(({ id }) => id)
      .toSorted()
      .join();
  };
  const expectHeld = async (device: string, expected: string): Promise<void> => {
    // What follows in the same partition has been applied: nothing that comes later can change what is found.
    const id = `~end ${nowMicros()}`;
    await setAside(id, device, nowMicros(), 999);
    await eventually(async () => expect(await held(device)).toContain(id));
    await eventually(async () => {
      const found = (await held(device)).split(",").filter((each) => !each.startsWith("~end"));
      expect(found.join()).toBe(expected);
    });
  };
  const restart = async (): Promise<void> => {
    await scene().service.app.stop();
    scene().service = await scene().start();
  };
  const rebuild = async (): Promise<void> => {
    await scene().service.app.stop();
    rmSync(join(scene().folder, "ingest"), { recursive: true });
    scene().service = await scene().start();
  };

  it("is told by its life where the clock of a gateway is an hour behind, or ahead", async () => {
    await register("behind");
    await setAside("first", "behind", nowMicros() - hour, 0);
    await remove("behind", "?data=delete");
    await register("behind");
    // Of the next one, by a gateway whose clock says that it was sent before the first was deleted.
    await setAside("next", "behind", nowMicros() - hour, 1);
    // Of the first, by a gateway that was cut off; the log has it only now.
    await setAside("late", "behind", nowMicros() + hour, 0);
    await expectHeld("behind", "next");
    await restart();
    await expectHeld("behind", "next");
    await rebuild();
    await expectHeld("behind", "next");
  });

  it("stays deleted when a later life is deleted without its data, over a compaction and a rebuild", async () => {
    await register("twice");
    await setAside("untold", "twice", nowMicros());
    await setAside("told", "twice", nowMicros(), 0);
    await remove("twice", "?data=delete");
    await expectHeld("twice", "");
    await restart();
    await register("twice");
    await setAside("second", "twice", nowMicros(), 1);
    await setAside("second, untold", "twice", nowMicros());
    await remove("twice");
    await register("twice");
    await scene().compact?.();
    await expectHeld("twice", "second,second, untold");
    await rebuild();
    await expectHeld("twice", "second,second, untold");
  });

  it("goes with the second of two lives that were deleted with their data", async () => {
    await register("both");
    await setAside("first", "both", nowMicros() - hour, 0);
    await remove("both", "?data=delete");
    await register("both");
    await setAside("second", "both", nowMicros() - hour, 1);
    await remove("both", "?data=delete");
    await register("both");
    await setAside("third", "both", nowMicros() - hour, 2);
    await setAside("second, late", "both", nowMicros() + hour, 1);
    await scene().compact?.();
    await restart();
    await expectHeld("both", "third");
    await rebuild();
    await expectHeld("both", "third");
  });

  it("is asked for again as the life that sent it", async () => {
    await register("again");
    await remove("again");
    await register("again");
    await setAside("of the second", "again", nowMicros() - hour, 1);
    await expectHeld("again", "of the second");
    const answer = await scene().service.request("POST", "/api/v1/quarantine/redrive", { ids: ["of the second"] });
    expect(answer.status, answer.text).toBeLessThan(300);
    const asked: unknown[] = [];
    for await (const batch of scene().log.read(scene().topics.quarantine, partitionFor("again", partitions))) {
      for (const { value } of batch.records) {
        const { requested, incarnation, id } = events.quarantine.decode(value!);
        if (requested !== null) asked.push([id, incarnation]);
      }
    }
    expect(asked).toContainEqual(["of the second", 1]);
  });
}
