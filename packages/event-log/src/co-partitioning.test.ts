import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignPartitions, type GroupMember, type TopicPartition } from "./co-partitioning.ts";

const counts = new Map([
  ["a", 12],
  ["b", 12],
  ["small", 1],
]);
const member = (id: string, owned: readonly TopicPartition[] = [], topics = ["a", "b", "small"]): GroupMember => ({
  id,
  topics,
  owned,
});
const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** Members join and leave, each time keeping what they were given. */
const history = fc.array(fc.oneof(fc.record({ join: fc.nat(9) }), fc.record({ leave: fc.nat(9) })), {
  minLength: 1,
  maxLength: 20,
});

describe("sharing partitions out", () => {
  it("gives every partition one owner, evenly, same numbers together, and moves no more than it must", () => {
    fc.assert(
      fc.property(history, (steps) => {
        let assignment = new Map<string, TopicPartition[]>();
        for (const step of steps) {
          const before = assignment;
          const ids = new Set(before.keys());
          if ("join" in step) ids.add(String(step.join));
          else ids.delete(String(step.leave));
          assignment = assignPartitions(
            [...ids].map((id) => member(id, before.get(id))),
            counts,
          );
          if (ids.size === 0) continue;
          const all = [...assignment.values()].flat().map(keyOf);
          expect(all).toHaveLength(25);
          expect(new Set(all).size).toBe(25);
          const numbers = [...assignment.values()].map((list) => {
            const of = (topic: string): number[] =>
              list.filter((each) => each.topic === topic).map(({ partition }) => partition);
            expect(of("a")).toEqual(of("b"));
            expect(of("small")).toEqual(of("a").includes(0) ? [0] : []);
            return of("a").length;
          });
          expect(Math.max(...numbers) - Math.min(...numbers)).toBeLessThanOrEqual(1);
          // Whoever stays loses only what balance takes from them, and gains nothing then.
          for (const [id, now] of assignment) {
            const had = (before.get(id) ?? []).filter(({ topic }) => topic === "a").map(({ partition }) => partition);
            const has = now.filter(({ topic }) => topic === "a").map(({ partition }) => partition);
            const kept = had.filter((partition) => has.includes(partition));
            expect(kept.length === had.length || kept.length === has.length).toBe(true);
          }
        }
      }),
    );
  });

  it("does not depend on the order in which members are named", () => {
    const members = ["c", "a", "b"].map((id) => member(id));
    const one = assignPartitions(members, counts);
    const two = assignPartitions(members.toReversed(), counts);
    for (const id of ["a", "b", "c"]) expect(one.get(id)).toEqual(two.get(id));
  });

  it("gives a topic only to those who subscribe to it", () => {
    const assignment = assignPartitions([member("1"), member("2", [], ["a"])], counts);
    expect(assignment.get("2")!.every(({ topic }) => topic === "a")).toBe(true);
    expect(assignment.get("1")!.filter(({ topic }) => topic === "b")).toHaveLength(12);
    expect([...assignment.values()].flat()).toHaveLength(25);
  });
});
