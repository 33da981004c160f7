import { generate } from "mqtt-packet";
import { expect, it } from "vitest";
import { ServerBounds } from "./server-bounds.ts";

const suback = (filters: number): number =>
  generate({ cmd: "suback", messageId: 1, granted: Array.from({ length: filters }, () => 0) }, { protocolVersion: 5 })
    .length;

// Around the sizes at which the length of a packet takes a byte more.
it.each([9, 128, 129, 130, 131, 132, 16_386, 16_387, 16_388, 16_389, 16_390, 100_000])(
  "as many filters as fit into an answer of %i bytes, and no more",
  (maxPacketBytes) => {
    const bounds = new ServerBounds();
    bounds.takes(maxPacketBytes);
    expect(suback(bounds.answerableFilters)).toBeLessThanOrEqual(maxPacketBytes);
    expect(suback(bounds.answerableFilters + 1)).toBeGreaterThan(maxPacketBytes);
  },
);
