import fc from "fast-check";
import { expect, it } from "vitest";
import { events } from "./index.ts";
import { isMadeByRule } from "./alert-transition.ts";

it("tells what rules made from what people did, as who decodes it does", () => {
  const event = fc.record(
    {
      alertId: fc.string(),
      transition: fc.oneof(fc.constant(0), fc.nat(), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
      value: fc.double(),
      raisedAt: fc.maxSafeNat(),
      evidence: fc.array(fc.record({ at: fc.maxSafeNat() })),
      groupedBy: fc.dictionary(fc.string(), fc.string()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(event, fc.option(event, { nil: undefined }), (first, second) => {
      // Of two in a row the later one's fields count, as of a message that was made in parts.
      const bytes = Buffer.concat([first, second ?? {}].map((each) => events.alert.encode(each as never)));
      expect(isMadeByRule(bytes)).toBe(events.alert.decode(bytes).transition !== 0);
    }),
  );
});

it("bears any bytes", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof isMadeByRule(bytes) === "boolean"));
});
