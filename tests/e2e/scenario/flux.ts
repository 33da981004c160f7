import { ResourceError } from "@headwater/core";

/** What a dashboard would do: Flux over plain HTTP, no code of Headwater's in between. Oldest first, microseconds. */
export async function queryByFlux(
  influx: { url: string; org: string; bucket: string; token: string },
  device: string,
  field: string,
): Promise<[time: number, value: number][]> {
  const flux = `from(bucket: "${influx.bucket}") |> range(start: 0, stop: 2100-01-01T00:00:00Z)
    |> filter(fn: (r) => r._measurement == "telemetry" and r.device == "${device}" and r._field == "${field}")
    |> keep(columns: ["_time", "_value"]) |> sort(columns: ["_time"])`;
  const response = await fetch(`${influx.url}/api/v2/query?org=${encodeURIComponent(influx.org)}`, {
    method: "POST",
    headers: {
      authorization: `Token ${influx.token}`,
      "content-type": "application/vnd.flux",
      accept: "application/csv",
    },
    body: flux,
  });
  const text = await response.text();
  if (!response.ok) throw new ResourceError(`Flux: ${response.status} ${text}`);
  const [header, ...lines] = text.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
  const columns = header?.split(",") ?? [];
  const [time, value] = [columns.indexOf("_time"), columns.indexOf("_value")];
  return lines.map((line) => {
    const cells = line.split(",");
    return [Date.parse(cells[time]!) * 1000, Number(cells[value])];
  });
}
