import fc from "fast-check";
import { expect, it } from "vitest";
import { DueQueue } from "./due-queue.ts";

it("gives what is due first, whatever was put in and taken out in between", () => {
  const step = fc.oneof(
    // 0 and -0 are due at the same time.
    fc.record({ due: fc.double({ noNaN: true, noDefaultInfinity: true }).map((due) => due + 0) }),
    fc.constant("pop" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const queue = new DueQueue();
      const model: number[] = [];
      const dues: number[] = [];
      for (const each of steps) {
        if (each !== "pop") {
          dues.push(each.due);
          queue.push(each.due, dues.length - 1);
          model.push(each.due);
          model.sort((a, b) => a - b);
        } else if (model.length > 0) {
          expect(queue.nextDue).toBe(model[0]);
          expect(dues[queue.pop()]).toBe(model.shift());
        }
        expect(queue.size).toBe(model.length);
      }
      expect(queue.nextDue).toBe(model[0] ?? Infinity);
    }),
  );
});
