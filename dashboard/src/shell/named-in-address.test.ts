import { expect, it } from "vitest";
import { namedInAddress } from "./named-in-address.ts";

it.each(["pump-1", "50% of 100%41", "a%2Fb", "a b?c#d", "\u{1f600}"])("reads %s as it is linked to", (id) => {
  expect(namedInAddress(`/devices/${encodeURIComponent(id)}`)).toBe(id);
});

it("takes what is no encoding as it stands", () => {
  expect(namedInAddress("/devices/50%")).toBe("50%");
  expect(namedInAddress("/devices")).toBe("");
});
