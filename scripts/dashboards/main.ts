import { writeFile } from "node:fs/promises";
import { dashboardFolder, dashboards, written } from "./all.ts";

// Writes the dashboards that deploy/grafana provisions: `npm run dashboards:generate`.
for (const [name, dashboard] of Object.entries(dashboards())) {
  await writeFile(new URL(name, dashboardFolder), written(dashboard));
}
