import { LineBuffer } from "../src/influx/line-buffer.ts";
import type { LineEncoder } from "../src/influx/line-protocol.ts";
import type { Point } from "../src/time-series-store.ts";

/** What the encoder makes of a point, in a buffer that has to grow for it. */
export function lineOrFault(
  encoder: LineEncoder,
  point: Point,
): { readonly line: string } | { readonly fault: string } {
  const before = "what was there before\n";
  const buffer = new LineBuffer(1);
  buffer.text(before);
  const fault = encoder.write(point, buffer);
  const text = buffer.part(0, buffer.length).toString("utf8");
  if (!text.startsWith(before)) throw new RangeError(`the encoder wrote over ${JSON.stringify(text)}`);
  const line = text.slice(before.length);
  if (fault !== undefined) return line === "" ? { fault } : { line };
  return { line: line.replace(/\n$/, "") };
}
