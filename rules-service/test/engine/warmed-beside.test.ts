import { describe, expect, it } from "vitest";
import { all, change } from "./harness.ts";
import { Partition } from "./partition.ts";

describe("readings that warming another rule has found", () => {
  it.each([false, true])(
    "are none of a rule that began on the device after them; it has judged there: %s",
    (judged) => {
      const p = new Partition();
      p.rule({ above: 80 }, { selector: { types: ["a"] }, lateness: "0s" });
      p.read(90, 0);
      p.device("d", { type: "a" });
      // Without an instance, or with one.
      if (judged) p.read(88, 81, { received: 90 });
      const told = judged ? ["raised warning @88"] : [];
      expect(p.emitted()).toEqual(told);
      const other = change({ id: "other", condition: { metric: "t", below: -5 } });
      p.adopt(p.warm(other));
      all(p.engine.applyRule(other, p.effects));
      p.read(89, judged ? 0 : 81, { received: 90 });
      expect(p.emitted()).toEqual([judged ? "cleared @89" : "raised warning @89"]);
    },
  );
});
