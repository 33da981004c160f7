import { api } from "../data/api.ts";
import { withGaps } from "./gaps.ts";
import type { Points } from "./series-plot.tsx";

/** Pixels of a plot whose width is not known. */
const usualWidth = 800;

/** The numbers of a metric in a range of time, as many as its plot is wide; none for a metric that was never sent. */
export async function loadPoints(
  device: string,
  metric: string,
  from: number,
  to: number,
  width = usualWidth,
): Promise<Points> {
  const query = {
    metric,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    width,
    kind: "number" as const,
  };
  const { points } = await api.call("GET", "/api/v1/devices/{id}/series", { path: { id: device }, query });
  return withGaps(points as unknown as Points);
}
