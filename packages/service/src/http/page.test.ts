import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor, isNumberPlace, isTextPlace, pageOf } from "./page.ts";

const listAt = (url: string) => ({ routeOptions: { url } });
const list = listAt("/api/v1/things");

describe("a list", () => {
  it("read page by page has every row once, in order, and no page after the last row", () => {
    fc.assert(
      fc.property(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 10 }), (count, limit) => {
        const rows = Array.from({ length: count }, (_, index) => index);
        const read: string[] = [];
        let cursor: string | undefined;
        for (;;) {
          const after = decodeCursor(list, cursor, isNumberPlace) ?? -1;
          const found = rows.filter((row) => row > after).slice(0, limit + 1);
          const { items, next } = pageOf(list, found, limit, (row) => row, String);
          read.push(...items);
          if (next === null) break;
          expect(items).toHaveLength(limit);
          cursor = next;
        }
        expect(read).toEqual(rows.map(String));
      }),
    );
  });

  it.each(["", "!", encodeCursor(list, 1), encodeCursor(list, null), encodeCursor(list, { id: "a" })])(
    "by id does not begin at the cursor %j",
    (cursor) => {
      expect(() => decodeCursor(list, cursor, isTextPlace)).toThrow(
        expect.objectContaining({ status: 400, code: "invalid-cursor" }),
      );
    },
  );

  it("takes the cursor of its own pages alone", () => {
    const cursor = encodeCursor(list, "b");
    expect(decodeCursor(listAt("/api/v1/things"), cursor, isTextPlace)).toBe("b");
    for (const other of ["/api/v1/others", "/api/v1/things/:id/parts"]) {
      expect(() => decodeCursor(listAt(other), cursor, isTextPlace)).toThrow(
        expect.objectContaining({ status: 400, code: "invalid-cursor" }),
      );
    }
  });

  describe("of a query", () => {
    const asked = { ...list, params: { id: "a" }, query: { type: "pump", tag: ["site:north"], limit: 10 } };
    const cursor = encodeCursor(asked, "b");

    it("takes the cursor with other sizes, and parameters in another order", () => {
      const query = { after: "3", limit: 100, tag: ["site:north"], cursor, type: "pump", q: undefined };
      expect(decodeCursor({ ...asked, query }, cursor, isTextPlace)).toBe("b");
    });

    it.each([
      ["another value", { ...asked, query: { ...asked.query, type: "boiler" } }],
      ["a parameter more", { ...asked, query: { ...asked.query, q: "x" } }],
      ["a parameter less", { ...asked, query: { type: "pump" } }],
      ["another owner", { ...asked, params: { id: "b" } }],
      ["another filter that is posted", { ...asked, body: { filter: { state: "open" } } }],
    ])("refuses the cursor with %s, and says what to do", (_, other) => {
      expect(() => decodeCursor(other, cursor, isTextPlace)).toThrow(
        expect.objectContaining({
          code: "invalid-cursor",
          message: expect.stringContaining("send it with the parameters") as string,
        }),
      );
    });
  });
});
