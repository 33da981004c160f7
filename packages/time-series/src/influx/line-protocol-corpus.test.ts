import { ResourceError } from "@headwater/core";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { numberField, textField } from "../field-names.ts";
import type { Point } from "../time-series-store.ts";
import { lineOrFault } from "../../test/line-or-fault.ts";
import { LineEncoder } from "./line-protocol.ts";

/** InfluxData's own vectors, beside the checkout: a clone without them skips what needs them, CI has them. */
const file = fileURLToPath(new URL("../../../../../shared/data/line-protocol/corpus.json", import.meta.url));
const isPresent = existsSync(file);
if (!isPresent && process.env["CI"] === "true" && process.env["WITHOUT_RECORDED_DATA"] !== "true") {
  throw new ResourceError(`${file} is absent: CI runs these tests on the recorded corpus`);
}

type Value = Readonly<Record<string, unknown>>;
interface Vector {
  readonly input: {
    readonly point: {
      readonly time: number;
      readonly name: string;
      readonly tags: readonly { readonly key: string; readonly value: string }[];
      readonly fields: readonly { readonly key: string; readonly value: Value }[];
    };
  };
  readonly output: { readonly result?: string; readonly error?: string };
}

const vectors = isPresent
  ? Object.values((JSON.parse(readFileSync(file, "utf8")) as { encode: Record<string, Vector> }).encode)
  : [];
const numeric = ({ float, int, uint }: Value): number | undefined => (float ?? int ?? uint) as number | undefined;

/** A number of every kind is stored as a float, a boolean as 1 or 0, and text under a name of its own. */
function pointOf({ input: { point } }: Vector): Point {
  const fields = point.fields.map(({ key, value }): [string, number | string] => {
    if (typeof value["string"] === "string") return [textField(key), value["string"]];
    return [numberField(key), typeof value["bool"] === "boolean" ? Number(value["bool"]) : numeric(value)!];
  });
  return {
    measurement: point.name,
    tags: Object.fromEntries(point.tags.map(({ key, value }) => [key, value])),
    time: Math.floor(point.time / 1000),
    fields: Object.fromEntries(fields),
  };
}

/**
 * What InfluxData's encoder writes, in this store's terms: whole numbers as floats, booleans as 1 or 0, text fields by
 * their names here, microseconds; and `%5C` for a backslash in a name, which InfluxDB's parser has no escape for.
 */
function lineOf({ input: { point }, output }: Vector): string {
  let line = output
    .result!.replace(/ -?\d+$/, ` ${Math.floor(point.time / 1000)}`)
    .replaceAll(/=(-?\d+)[iu](?=[ ,])/g, (_, digits: string) => `=${Number(digits)}`)
    .replaceAll(/=(true|false)(?=[ ,])/g, (_, value: string) => `=${value === "true" ? 1 : 0}`);
  for (const { key, value } of point.fields) {
    if (typeof value["string"] !== "string") continue;
    const name = key.replaceAll(/[,= ]/g, String.raw`\$&`);
    line = line.replace(`${name}="`, `${name}_text="`);
  }
  const text = line.indexOf('="');
  const names = text === -1 ? line : line.slice(0, text);
  return names.replaceAll(/\\(?![,= ])/g, "%5C") + line.slice(names.length);
}

describe.skipIf(!isPresent)("the lines that InfluxData's encoder writes", () => {
  const encoder = new LineEncoder();
  it("has vectors", () => expect(vectors.length).toBeGreaterThan(50));
  it.each(vectors.map((vector) => [JSON.stringify(vector.input.point), vector] as const))("%s", (_, vector) => {
    const point = pointOf(vector);
    const encoded = lineOrFault(encoder, point);
    // Nanoseconds in 64 bits reach seven years beyond the microseconds that a number holds.
    const isRefused = vector.output.error !== undefined || !Number.isSafeInteger(point.time);
    if (!isRefused) expect(encoded).toEqual({ line: lineOf(vector) });
    else expect(encoded).toEqual({ fault: expect.any(String) as string });
  });
});
