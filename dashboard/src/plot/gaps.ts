import type { Points } from "./series-plot.tsx";

/** So many times the usual distance of two points is a gap. */
const gapFactor = 6;

/** The points with a null between two that lie much further apart than most, so that a gap is drawn as a gap. */
export function withGaps(points: Points): Points {
  if (points.length < 3) return points;
  const distances = points.slice(1).map(([t], index) => t - points[index]![0]);
  const usual = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)]!;
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    const isApart = before !== undefined && point[0] - before[0] > usual * gapFactor;
    return isApart ? [[before[0] + usual, null] as const, point] : [point];
  });
}
