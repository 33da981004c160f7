import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor, isNumberPlace, isTextPlace, pageOf } from "./page.ts";

describe("a list", () => {
  it("read page by page has every row once, in order, and no page after the last row", () => {
    fc.assert(
      fc.property(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 10 }), (count, limit) => {
        const rows = Array.from({ length: count }, (_, index) => index);
        const read: string[] = [];
        let cursor: string | undefined;
        for (;;) {
          const after = decodeCursor(cursor, isNumberPlace) ?? -1;
          const found = rows.filter((row) => row > after).slice(0, limit + 1);
          const { items, next } = pageOf(found, limit, (row) => row, String);
          read.push(...items);
          if (next === null) break;
          expect(items).toHaveLength(limit);
          cursor = next;
        }
        expect(read).toEqual(rows.map(String));
      }),
    );
  });

  it.each(["", "!", encodeCursor(1), encodeCursor(null), encodeCursor({ id: "a" })])(
    "by id does not begin at the cursor %j",
    (cursor) => {
      expect(() => decodeCursor(cursor, isTextPlace)).toThrow(
        expect.objectContaining({ status: 400, code: "invalid-cursor" }),
      );
    },
  );
});
