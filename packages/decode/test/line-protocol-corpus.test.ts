import { DecodeError } from "@headwater/core";
import { describe, expect, it } from "vitest";
import { InexactNumber } from "../src/json-text.ts";
import { lineProtocol, type LinePrecision } from "../src/line-protocol/line-protocol.ts";
import { LineReader, type LinePoint, type LineValue } from "../src/line-protocol/line-reader.ts";
import { bytesOf, corpusPresent, readCorpus, type CorpusPoint, type DecodeCase } from "./recorded-corpus.ts";

/** Cases that the corpus reads and the decoder refuses, each with the reason. */
const refused: Readonly<Record<string, string>> = {
  "0c73ef3091cda6805fc591ddb90561f3": "blank lines alone: a message without readings",
  "16e39dbb9cda067d79e1e08cb448dc9a": "blank lines alone: a message without readings",
  "57c48c9976afa3b8447eb56240c7b023": "comments alone: a message without readings",
};

/** Cases whose timestamps have no microseconds that a double holds: kept as text. */
const withoutPlace: readonly string[] = ["0c1323647a78eacdea36be73bec6dff3", "0ca29e2594d6ab9e398bb798a31fc538"];

/**
 * Cases that the corpus refuses for a float beyond a double's range: the value is kept as text and marked, as of every
 * format.
 */
const keptAsText: readonly string[] = [
  "01d656989c6ee53bb1eedf0940c8590a",
  "730136f6298b4b3e004002cf40d4f8c2",
  "790e120c05fbbfcb11b57f7bca59942b",
];

/** Cases that the corpus refuses for a timestamp of more than 64 bits, kept as text here, or for a NUL at the end. */
const readAnyway: readonly string[] = [
  "07aedd1df3a21e76a9c602512d445272",
  "4b8d58bc70c48eaeb3dc944847656a50",
  "4e1a2bb45b319417c6fa6682fda043e3",
];

const precisions: Readonly<Record<string, LinePrecision>> = { "1ns": "ns", "1µs": "us", "1ms": "ms", "1s": "s" };
const nanosPer: Readonly<Record<LinePrecision, bigint>> = { ns: 1n, us: 1000n, ms: 1_000_000n, s: 1_000_000_000n };
const limits = { maxReadings: 10_000, maxMetricLength: 100_000, maxDepth: 8 };

const decode = ({ input }: DecodeCase) =>
  lineProtocol({ precision: precisions[input.precision]! })(bytesOf(input.text), limits);

function pointsOf(text: string): LinePoint[] {
  const reader = new LineReader(text);
  const points: LinePoint[] = [];
  for (let point = reader.next(); point !== undefined; point = reader.next()) points.push(point);
  return points;
}

/** A value as text that tells kinds apart; whole numbers of 64 bits by all of their digits. */
function shown(value: LineValue): string {
  if (typeof value !== "number" && !(value instanceof InexactNumber)) return `${typeof value} ${String(value)}`;
  const number = Number(value instanceof InexactNumber ? value.source : value);
  if (!Number.isInteger(number) || Math.abs(number) > 2 ** 64) return `number ${number}`;
  return `number ${BigInt(value instanceof InexactNumber ? value.source : value)}`;
}

function shownInCorpus(value: Readonly<Record<string, unknown>>): string {
  const [kind, held] = Object.entries(value)[0]!;
  if (kind === "string")
    return `string ${typeof held === "string" ? held : bytesOf(held as { binary: string }).toString()}`;
  return kind === "bool"
    ? `boolean ${String(held)}`
    : shown(typeof held === "bigint" ? new InexactNumber(String(held)) : (held as number));
}

/** The corpus has a line's tags sorted. */
const byKey = (tags: readonly (readonly [string, string])[]) => [...tags].sort(([a], [b]) => (a < b ? -1 : 1));

const namesAndValues = (points: readonly LinePoint[]) =>
  points.map(({ measurement, tags, fields }) => ({
    measurement,
    tags: byKey(tags),
    fields: fields.map(([key, value]) => [key, shown(value)]),
  }));

const namesAndValuesInCorpus = (points: readonly CorpusPoint[]) =>
  points.map(({ name, tags, fields }) => ({
    measurement: name,
    tags: byKey(tags.map(({ key, value }) => [key, typeof value === "string" ? value : bytesOf(value).toString()])),
    fields: fields.map(({ key, value }) => [key, shownInCorpus(value)]),
  }));

const title = "the corpus of InfluxDB's line protocol";
const skipped = " (SKIPPED: ../shared/data/line-protocol is not beside this checkout)";

describe.skipIf(!corpusPresent)(corpusPresent ? title : title + skipped, () => {
  const corpus = corpusPresent ? readCorpus() : { decode: {}, encode: {} };
  const cases = Object.entries(corpus.decode);

  it("every case that it refuses is refused, but those that are kept", () => {
    const wrong = cases.filter(([, each]) => each.output.error !== undefined);
    expect(wrong.length).toBeGreaterThan(3000);
    const taken: string[] = [];
    for (const [key, each] of wrong) {
      try {
        const { effects } = decode(each);
        // Other lines of it may be right, and a number that is none is no reading.
        if (effects?.quarantine === undefined && effects?.ignored === undefined) taken.push(key);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
      }
    }
    expect(taken.sort()).toEqual([...keptAsText, ...readAnyway].sort());
  });

  it.each(cases.filter(([key]) => keptAsText.includes(key)))(
    "%s: its number is kept as text and marked",
    (_key, each) => {
      const { samples, notes } = decode(each);
      expect(samples[0]!.readings[0]!.value).toMatch(/^-?\d{300,}\.0$/);
      expect(notes).toHaveProperty("kept-as-text");
    },
  );

  const right = cases.filter(([key, each]) => each.output.result !== undefined && !(key in refused));
  it(`there are ${right.length} to be read`, () => {
    expect(right.length + Object.keys(refused).length).toBe(192);
  });

  it.each(right)("%s is read as it says", (key, each) => {
    const { input, output } = each;
    const expected = output.result!;
    const points = pointsOf(bytesOf(input.text).toString());
    expect(namesAndValues(points)).toEqual(namesAndValuesInCorpus(expected));

    const { samples } = decode(each);
    expect(samples.reduce((count, { readings }) => count + readings.length, 0)).toBe(
      expected.reduce((count, { fields }) => count + fields.length, 0),
    );
    if (withoutPlace.includes(key)) {
      expect(samples.every(({ unplaced }) => unplaced?.kind === "beyond")).toBe(true);
      return;
    }
    // Without a timestamp the corpus fills in its default; here that stays open.
    const unit = nanosPer[precisions[input.precision]!];
    const times = expected.map(({ time }, index) =>
      points[index]!.timestamp === undefined
        ? (expect(time).toBe((input.defaultTime / unit) * unit), undefined)
        : microsOf(time),
    );
    expect(new Set(samples.map(({ time }) => time))).toEqual(new Set(times));
  });

  it.each(cases.filter(([key]) => key in refused).map(([key, each]) => [key, refused[key]!, each] as const))(
    "%s is refused: %s",
    (_key, _reason, each) => {
      expect(() => decode(each)).toThrow(DecodeError);
    },
  );

  // An encoder's errors (a name that cannot be written) are no concern of a decoder; what it wrote is.
  it.each(Object.entries(corpus.encode).filter(([, { output }]) => output.result !== undefined))(
    "%s, which an encoder wrote, is read back",
    (_key, { input, output }) => {
      const points = pointsOf(output.result!);
      expect(namesAndValues(points)).toEqual(namesAndValuesInCorpus([input.point]));
      const unit = nanosPer[precisions[input.precision]!];
      const { time } = input.point;
      if (points[0]!.timestamp !== undefined) expect(BigInt(points[0]!.timestamp)).toBe(time / unit);
    },
  );
});

function microsOf(nanos: bigint): number {
  return Number(nanos / 1000n - (nanos < 0n && nanos % 1000n !== 0n ? 1n : 0n));
}
