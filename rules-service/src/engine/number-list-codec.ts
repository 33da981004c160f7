import { UnreadableStateError } from "./errors.ts";
import type { StateReader, StateWriter } from "./state-bytes.ts";

/**
 * Lists of numbers, as windows keep their panes: what is alike comes again every so many places, and most of a list was
 * in the one that was written before it. Every number keeps all its bits.
 */

/** How a number is written, in the lowest bits of the first count. */
const forms = { apart: 0, decimal: 1, whole: 2, same: 3 } as const;
/** Readings have so many digits after the point, mostly. */
const decimals = 1000;
const mostApart = 2 ** 48;
const mostStride = 8;
/** Numbers of panes of one list lie so close together. */
const near = 2 ** 16;

export function isNumberList(value: readonly unknown[]): value is readonly number[] {
  return value.length > 1 && value.every((each) => typeof each === "number");
}

/** `before`: a list that the reader has as well. */
export function writeNumbers(writer: StateWriter, list: readonly number[], before: readonly number[] = []): void {
  const { skipped, kept } = inCommon(list, before);
  writer.count(skipped).count(kept).count(list.length);
  const isBeside = kept === 0 && list.length === before.length;
  const stride = isBeside ? 0 : strideOf(list);
  writer.count(stride);
  for (let place = kept; place < list.length; place++) {
    writeNumber(writer, list[place]!, neighbour(list, before, place, stride));
  }
}

export function readNumbers(reader: StateReader, before: readonly number[] = []): number[] {
  const [skipped, kept, length, stride] = [reader.count(), reader.count(), reader.count(), reader.count()];
  if (skipped < 0 || kept < 0 || length < kept || skipped + kept > before.length || stride < 0) {
    throw new UnreadableStateError(
      "A list in a rule's state goes on from another than there is; it cannot be restored",
    );
  }
  // Begun with a half, it is a list of doubles whatever comes.
  const list = [0.5];
  for (let place = 0; place < kept; place++) list[place] = before[skipped + place]!;
  for (let place = kept; place < length; place++) {
    list[place] = readNumber(reader, neighbour(list, before, place, stride));
  }
  return list.slice();
}

/** What a number is likely to resemble; both sides know it by then. */
function neighbour(list: readonly number[], before: readonly number[], place: number, stride: number): number {
  return (stride === 0 ? before[place] : list[place - stride]) ?? 0;
}

/** How far the list goes on as the other does, from one of its places on: a window lets go of its oldest panes. */
function inCommon(list: readonly number[], before: readonly number[]): { skipped: number; kept: number } {
  const skipped = before.indexOf(list[0]!);
  if (skipped < 0) return { skipped: 0, kept: 0 };
  let kept = 0;
  while (kept < list.length && skipped + kept < before.length && Object.is(list[kept], before[skipped + kept])) kept++;
  return { skipped, kept };
}

/** After how many places a number comes that is like the first. */
function strideOf(list: readonly number[]): number {
  const first = list[0]!;
  if (!Number.isSafeInteger(first)) return 1;
  for (let place = 1; place <= mostStride && place < list.length; place++) {
    const apart = list[place]! - first;
    if (apart > 0 && apart < near && Number.isSafeInteger(list[place])) return place;
  }
  return 1;
}

function writeNumber(writer: StateWriter, value: number, beside: number): void {
  if (Object.is(value, beside)) return void writer.count(forms.same);
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    const apart = value - (Number.isSafeInteger(beside) ? beside : 0);
    if (Math.abs(apart) < mostApart) return void writer.count(4 * zigzag(apart) + forms.apart);
  }
  const scaled = Math.round(value * decimals);
  if (scaled !== 0 && Math.abs(scaled) < mostApart && Object.is(scaled / decimals, value)) {
    return void writer.count(4 * zigzag(scaled) + forms.decimal);
  }
  writer.count(forms.whole).number(value);
}

function readNumber(reader: StateReader, beside: number): number {
  const count = reader.count();
  const form = count % 4;
  const rest = (count - form) / 4;
  if (form === forms.same) return beside;
  if (form === forms.whole) return reader.number();
  if (form === forms.decimal) return unzigzag(rest) / decimals;
  return (Number.isSafeInteger(beside) ? beside : 0) + unzigzag(rest);
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(count: number): number {
  // Not minus zero.
  return count % 2 === 0 ? count / 2 : -(count + 1) / 2;
}
