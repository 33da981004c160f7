import type { ScreenPoint } from "./mercator.ts";

/** A mark, with a name beside it if it is of one device. */
export interface Marked extends ScreenPoint {
  readonly key: string;
  readonly name?: string | undefined;
  /** Half of its width in pixels. */
  readonly radius: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export type Side = "after" | "before";

const letterPixels = 7.2;
const mostLetters = 24;
const halfHeight = 10;
/** Between the middle of a mark and its name. */
const apart = 11;

function meets(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** The names that have room, and on which side: each meets no mark, no other name and not the edge of the map. */
export function namesOf(marks: readonly Marked[], mapWidth: number): ReadonlyMap<string, Side> {
  const taken: Box[] = marks.map(({ left, top, radius }) => ({
    ...{ left: left - radius, right: left + radius, top: top - radius, bottom: top + radius },
  }));
  const sides = new Map<string, Side>();
  for (const [index, { key, name, left, top }] of marks.entries()) {
    if (name === undefined) continue;
    const width = Math.min(mostLetters, name.length) * letterPixels + 10;
    const boxOf = (side: Side): Box => ({
      left: side === "after" ? left + apart : left - apart - width,
      right: side === "after" ? left + apart + width : left - apart,
      top: top - halfHeight,
      bottom: top + halfHeight,
    });
    const side = (["after", "before"] as const).find((each) => {
      const box = boxOf(each);
      return box.left >= 0 && box.right <= mapWidth && taken.every((other, at) => at === index || !meets(box, other));
    });
    if (side === undefined) continue;
    sides.set(key, side);
    taken.push(boxOf(side));
  }
  return sides;
}
