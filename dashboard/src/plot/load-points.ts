import { api } from "../data/api.ts";
import { withGaps } from "./gaps.ts";
import { keptText } from "./kept-text.ts";
import type { Points } from "./series-plot.tsx";

/** Pixels of a plot whose width is not known. */
const usualWidth = 800;

export interface LoadedPoints {
  readonly points: Points;
  /** Of what they are, where points of that time are not kept any more. */
  readonly kept: string | undefined;
}

/** The numbers of a metric in a range of time, as many as its plot is wide; none for a metric that was never sent. */
export async function loadPoints(
  device: string,
  metric: string,
  from: number,
  to: number,
  width = usualWidth,
): Promise<LoadedPoints> {
  const query = {
    metric,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    width,
    kind: "number" as const,
  };
  const answer = await api.call("GET", "/api/v1/devices/{id}/series", { path: { id: device }, query });
  const { points, classes } = answer;
  return { points: withGaps(points as unknown as Points), kept: classes && keptText(classes, from) };
}
