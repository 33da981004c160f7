import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, it } from "vitest";
import { events, type ActionInput } from "@headwater/proto";
import { GroupedActions, groupedTables, GroupFold } from "./grouped-actions.ts";

interface Landed {
  readonly partition: number;
  readonly offset: number;
  readonly input: ActionInput;
}

const body = Buffer.from("{}");

function waits(id: string, partition: number, offset: number): Landed {
  const group = { key: "k", by: {}, wait: 10, interval: 100 };
  return {
    partition,
    offset,
    input: { actionId: id, alertId: `of-${id}`, requested: { trigger: "raised", body, group } },
  };
}

function tells(id: string, offset: number, told: string[]): Landed {
  return { partition: 9, offset, input: { actionId: id, requested: { message: { key: "k", told } } } };
}

/** What waits, whom the messages that count tell, and when the group is due. */
function folded(records: readonly Landed[]) {
  const db = new DatabaseSync(":memory:");
  db.exec(groupedTables);
  const fold = new GroupFold(db, 4);
  for (const { partition, offset, input } of records) {
    const bytes = events.action.encode(input);
    const event = events.action.decode(bytes);
    const place = { partition, offset, appendTime: 1000 + offset };
    if (event.requested!.message === null) fold.take(event, bytes, place);
    else fold.accept(event, bytes, place);
  }
  const grouped = new GroupedActions(db);
  const due = [0, 1, 2, 3].map((home) => grouped.nextDue(home));
  const told = db.prepare("SELECT action, message FROM told ORDER BY action").all();
  const state = { waiting: grouped.waiting("k", 100).map(({ id }) => id), told, due: Math.min(...due) };
  db.close();
  return state;
}

it("of two messages that tell the same the first counts, whatever the order in which partitions are read", () => {
  const members = [waits("a", 0, 0), waits("b", 1, 0), waits("c", 1, 1), waits("d", 2, 0)];
  const messages = [tells("m1", 0, ["a", "b"]), tells("m2", 1, ["b", "c"]), tells("m3", 2, ["c"])];
  const expected = folded([...members, ...messages]);
  expect(expected).toEqual({
    waiting: ["d"],
    told: [
      { action: "a", message: "m1" },
      { action: "b", message: "m1" },
      { action: "c", message: "m3" },
    ],
    // After the interval since the last message that counts.
    due: 1102,
  });
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(3)), (choices) => {
      const queues = [0, 1, 2, 9].map((partition) =>
        [...members, ...messages].filter((each) => each.partition === partition),
      );
      const order: Landed[] = [];
      for (const choice of choices) {
        const queue = queues[choice]!.length > 0 ? queues[choice]! : (queues.find(({ length }) => length > 0) ?? []);
        if (queue.length === 0) break;
        order.push(queue.shift()!);
      }
      expect(folded(order)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
