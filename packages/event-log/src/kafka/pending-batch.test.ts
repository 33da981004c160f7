import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "@headwater/testkit/property-runs";
import { SomeRecordsRefusedError } from "../errors.ts";
import type { AppendedRange, LogRecord, OutgoingRecord } from "../event-log.ts";
import { PendingAppend, PendingBatch } from "./pending-batch.ts";
import { RecordBatchCursor } from "./record-batch-cursor.ts";
import { BATCH_OVERHEAD } from "./record-batch-encoder.ts";
import type { Compression } from "./settings.ts";

const header = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.oneof(fc.string(), fc.uint8Array()), { maxKeys: 2 });
const record = fc.record({
  key: fc.option(fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array())),
  value: fc.option(fc.uint8Array({ maxLength: 200 })),
  headers: fc.option(header, { nil: undefined }),
});

const bytesOf = (bytes: string | Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes as Uint8Array).toString("hex");
const plain = ({ key, value, headers = {} }: OutgoingRecord | LogRecord): object => ({
  ...{ key: bytesOf(key), value: bytesOf(value) },
  headers: Object.fromEntries(Object.entries(headers).map(([name, of]) => [name, bytesOf(of)])),
});

/** What the broker is sent of it. */
function sentOf(batch: PendingBatch): readonly LogRecord[] {
  const bytes = batch.seal("none");
  const read: LogRecord[] = [];
  const cursor = new RecordBatchCursor(batch, bytes, bytes.subarray(BATCH_OVERHEAD), 0);
  while (!cursor.take(read, 100));
  return read;
}

it("a batch that is refused is tried again in halves, the same records in their order, down to the one refused", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(record, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
      fc.nat(),
      fc.constantFrom<Compression>("none", "zstd"),
      async (appends, where, compression) => {
        const batch = new PendingBatch("t", 3, 0);
        const outcomes = appends.map((records) => {
          const { promise, resolve, reject } = Promise.withResolvers<readonly AppendedRange[]>();
          const append = new PendingAppend("t", resolve, reject);
          records.forEach((each, at) => batch.add(append, each, at));
          append.complete();
          return promise.catch((error: unknown) => error);
        });
        const all = appends.flat();
        const bad = where % all.length;
        batch.seal(compression);
        let landed = 0;
        const tried = [{ part: batch, from: 0 }];
        for (let next = tried.shift(); next !== undefined; next = tried.shift()) {
          const { part, from } = next;
          if (part !== batch) expect(sentOf(part).map(plain)).toEqual(all.slice(from, from + part.count).map(plain));
          if (bad < from || bad >= from + part.count) {
            part.landed(landed);
            landed += part.count;
            continue;
          }
          const [first, second] = part.refused("too large", 0);
          if (first !== undefined && second !== undefined)
            tried.unshift({ part: first, from }, { part: second, from: from + first.count });
        }
        expect(landed).toBe(all.length - 1);
        let before = 0;
        for (const [at, outcome] of outcomes.entries()) {
          const index = bad - before;
          before += appends[at]!.length;
          const result = await outcome;
          if (index < 0 || index >= appends[at]!.length) expect(result).toMatchObject([{ partition: 3 }]);
          else expect(result).toMatchObject({ indexes: [index], constructor: SomeRecordsRefusedError });
        }
      },
    ),
    { numRuns: propertyRuns(300) },
  );
});
