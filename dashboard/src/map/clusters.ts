import type { View, WorldPoint } from "./mercator.ts";
import { looks, type Place, type PlaceLook } from "./place.ts";

/** Places that stand too close to be told apart. */
export interface Cluster extends WorldPoint {
  readonly key: string;
  readonly places: readonly Place[];
  /** The worst of them. */
  readonly look: PlaceLook;
}

/** Pixels that two marks need, at the least. */
const cellPixels = 60;
/** More columns than a grid ever has: a cell is one number, of which 10,000 are told apart sooner than texts. */
const mostCells = 2 ** 24;

/** Of the scale of a view: the same while the view is moved and zoomed a little, so that marks stay what they are. */
export function cellsOf({ scale }: View): number {
  return 2 ** Math.floor(Math.log2(scale / cellPixels));
}

/**
 * The places by the cells of a grid of so many columns. A cell's mark stands in the middle of what is in it: where the
 * devices are, and not where the grid happens to be.
 */
export function clustersOf(places: readonly Place[], cells: number): readonly Cluster[] {
  const byCell = new Map<number, Place[]>();
  for (const place of places) {
    const key = Math.floor(place.x * cells) * mostCells + Math.floor(place.y * cells);
    const found = byCell.get(key);
    if (found === undefined) byCell.set(key, [place]);
    else found.push(place);
  }
  return [...byCell].map(([key, all]) => {
    let x = 0;
    let y = 0;
    let worst = looks.length - 1;
    for (const place of all) {
      x += place.x / all.length;
      y += place.y / all.length;
      worst = Math.min(worst, looks.indexOf(place.look));
    }
    return { key: String(key), x, y, places: all, look: looks[worst]! };
  });
}
