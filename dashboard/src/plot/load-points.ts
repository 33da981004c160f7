import { api } from "../data/api.ts";
import { withGaps } from "./gaps.ts";
import type { Points } from "./series-plot.tsx";

/** As many points as a plot is wide. */
const width = 800;

/** The numbers of a metric in a range of time; none for a metric that was never sent. */
export async function loadPoints(device: string, metric: string, from: number, to: number): Promise<Points> {
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
