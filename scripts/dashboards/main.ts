import { writeFile } from "node:fs/promises";
import { dashboardFolder, dashboards, written } from "./all.ts";
import { influxTemplate, templateFile } from "./influx/template.ts";

// Writes the dashboards that deploy/grafana provisions, and InfluxDB's own: `npm run dashboards:generate`.
const boards = dashboards();
for (const [name, dashboard] of Object.entries(boards)) {
  await writeFile(new URL(name, dashboardFolder), written(dashboard));
}
await writeFile(templateFile, influxTemplate(boards));
