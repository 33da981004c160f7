import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import {
  deleteDevice,
  foldDevice,
  patchDevice,
  registerDevice,
  restateDevice,
  type DeviceInput,
  type DeviceState,
} from "../src/index.ts";
import { appendTimeOf, deviceAfter, seenDevice, start } from "./given.ts";

/**
 * What the next writer does: how many events it has not seen yet, whether its event lands twice, and who restates in
 * between.
 */
const steps = fc.array(
  fc.record({
    behind: fc.nat({ max: 4 }),
    deletes: fc.constantFrom("nothing" as const, "nothing" as const, "device" as const, "data" as const),
    twice: fc.boolean(),
    restatedFrom: fc.option(fc.nat({ max: 4 })),
  }),
  { minLength: 1, maxLength: 14 },
);

interface Write {
  readonly behind: number;
  readonly deletes: "nothing" | "device" | "data";
  readonly twice: boolean;
  readonly restatedFrom: number | null;
}

function historyOf(script: readonly Write[]): DeviceInput[] {
  const log: DeviceInput[] = [registerDevice(undefined, { id: "d" }, { at: start, by: "", writeId: "w0" })];
  script.forEach(({ behind, deletes, twice, restatedFrom }, index) => {
    const seen = log.slice(0, Math.max(1, log.length - behind));
    const write = { at: start + index, by: "", writeId: `w${index + 1}` };
    const state = deviceAfter(...seen);
    const type = `t${index + 1}`;
    const event =
      state?.device === undefined
        ? registerDevice(state, { id: "d", type }, write)
        : deletes === "nothing"
          ? patchDevice(state, "d", { type }, write)
          : deleteDevice(state, "d", write, { eraseData: deletes === "data" });
    log.push(event);
    if (twice) log.push(event);
    if (restatedFrom !== null) {
      const stale = log.slice(0, Math.max(1, log.length - restatedFrom));
      log.push(restateDevice("d", deviceAfter(...stale) as DeviceState));
    }
  });
  return log;
}

it("readers of a log compacted anywhere agree with readers of the whole log, once its dirty keys are restated", () => {
  fc.assert(
    fc.property(steps, (script) => {
      const log = historyOf(script);
      let state: DeviceState | undefined;
      let dirty = false;
      for (const event of log) {
        const fold = foldDevice(state, seenDevice(event), appendTimeOf(event));
        state = fold.state;
        dirty = fold.needsRestating;
      }
      if (dirty) log.push(restateDevice("d", state!));
      const whole = deviceAfter(...log);
      for (let cleaned = 1; cleaned <= log.length; cleaned += 1) {
        expect(deviceAfter(...log.slice(cleaned - 1))).toEqual(whole);
      }
    }),
    { numRuns: propertyRuns(300) },
  );
});
