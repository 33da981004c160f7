import { SimulationError } from "../../errors.ts";
import { spansOf, type StoredDevice, type StoreReader } from "./reader.ts";

export interface InfluxBucketOptions {
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
  readonly token: string;
  readonly measurement: string;
  /** The tag that names the device. */
  readonly tag: string;
  /** What the tag says, with `{device}` for the id. */
  readonly pattern: string;
  /** Undefined: the metric that numbers the device's messages. */
  readonly field: string | undefined;
}

const answerTimeoutMs = 60_000;

/** What lies in a bucket of InfluxDB 2, whoever wrote it: asked in Flux. */
export class InfluxBucketReader implements StoreReader {
  readonly pauseMs = 50;
  /** Whoever wrote it may have left text out, or called it otherwise. */
  readonly keepsText = false;
  readonly #options: InfluxBucketOptions;
  readonly #metricOf: ReadonlyMap<string, string>;

  constructor(options: InfluxBucketOptions, metricOf: ReadonlyMap<string, string>) {
    this.#options = options;
    this.#metricOf = metricOf;
  }

  eachPoint(device: StoredDevice, take: (time: number, seq: number) => void): Promise<void> {
    return this.#eachRow(device, this.#fieldOf(device.metric, device), (time, value) => take(time, Number(value)));
  }

  eachValue(device: StoredDevice, metric: string, take: (time: number, value: unknown) => void): Promise<void> {
    return this.#eachRow(device, this.#fieldOf(metric, device), (time, value) =>
      take(time, value === "true" || value === "false" ? value === "true" : Number(value)),
    );
  }

  /** What it calls a metric: as `field` says of the one that numbers messages, like `values_seq`. */
  #fieldOf(metric: string, device: StoredDevice): string {
    const { field } = this.#options;
    if (field === undefined) return metric;
    if (metric === device.metric) return field;
    return field.endsWith(device.metric) ? field.slice(0, -device.metric.length) + metric : metric;
  }

  async #eachRow(device: StoredDevice, field: string, take: (time: number, value: string) => void): Promise<void> {
    const { id, sent } = device;
    if (sent.times.length === 0) return;
    for (const { first, last } of spansOf(device)) {
      const range = `start: ${new Date(first).toISOString()}, stop: ${new Date(last + 1).toISOString()}`;
      const rows = await this.#rows(`${this.#from(range, [id], [field])} |> keep(columns: ["_time", "_value"])`);
      for (const row of rows) take(Date.parse(row["_time"]!), row["_value"]!);
    }
  }

  async latest(devices: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#rows(
      `${this.#from("start: -1d, stop: 1d", devices, this.#numberFields(devices))} |> last()`,
    );
    const idOf = new Map(devices.map((id) => [this.#tagOf(id), id]));
    const found = new Map<string, number>();
    for (const row of rows) {
      const id = idOf.get(row[this.#options.tag] ?? "");
      // A series a set of tags: the highest number of them is the newest message.
      if (id !== undefined) found.set(id, Math.max(found.get(id) ?? 0, Number(row["_value"])));
    }
    return found;
  }

  #tagOf(id: string): string {
    return this.#options.pattern.replaceAll("{device}", id);
  }

  #numberFields(devices: readonly string[]): readonly string[] {
    const { field } = this.#options;
    return field === undefined ? [...new Set(devices.map((id) => this.#metricOf.get(id)!))] : [field];
  }

  #from(range: string, devices: readonly string[], fields: readonly string[]): string {
    const { bucket, measurement, tag } = this.#options;
    const isField = fields.map((each) => `r._field == ${quoted(each)}`).join(" or ");
    const isDevice = devices.map((id) => `r[${quoted(tag)}] == ${quoted(this.#tagOf(id))}`).join(" or ");
    const filter = `r._measurement == ${quoted(measurement)} and (${isField}) and (${isDevice})`;
    return `from(bucket: ${quoted(bucket)}) |> range(${range}) |> filter(fn: (r) => ${filter})`;
  }

  async #rows(query: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const { url, org, token, bucket } = this.#options;
    const where = `the bucket ${bucket} of ${url}`;
    let response: Response;
    try {
      response = await fetch(new URL(`/api/v2/query?org=${encodeURIComponent(org)}`, url), {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/csv", authorization: `Token ${token}` },
        body: JSON.stringify({ query, dialect: { header: true, annotations: [] } }),
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      const text = await response.text();
      if (response.ok) return rowsOf(text);
      const remedy = response.status === 401 ? "; set INFLUX_TOKEN to a token that reads it" : "";
      throw new SimulationError(`${where} answers ${response.status}: ${text.trim().slice(0, 300)}${remedy}`);
    } catch (cause) {
      if (cause instanceof SimulationError) throw cause;
      throw new SimulationError(`${where} does not answer: ${(cause as Error).message}`, { cause });
    }
  }
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&").replaceAll("${", "\\${")}"`;
}

/** Rows of the tables of an answer, each of which begins with a header. */
function rowsOf(csv: string): Readonly<Record<string, string>>[] {
  const rows: Record<string, string>[] = [];
  let header: readonly string[] | undefined;
  for (const line of csv.split(/\r?\n/)) {
    if (line === "") header = undefined;
    else if (header === undefined) header = cells(line);
    else {
      const values = cells(line);
      rows.push(Object.fromEntries(header.map((name, i) => [name, values[i] ?? ""])));
    }
  }
  return rows;
}

/** RFC 4180, without line breaks in a cell: neither times nor numbers nor ids of devices have any. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, inQuotes, plain]) => inQuotes?.replaceAll('""', '"') ?? plain ?? "",
  );
}
