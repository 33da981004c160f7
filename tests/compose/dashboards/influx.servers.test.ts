import { openInfluxStore } from "@headwater/time-series/influx";
import { runHeadwater } from "@headwater/testkit/service-process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deviceId, devices, minute, minutes, oddDevice, oddMetric, silentBelow, writeScene } from "./fleet-scene.ts";
import { csvRows } from "./grafana.ts";

/**
 * The template of deploy/influxdb in a real InfluxDB, in an organization of its own: what `headwater influx apply` puts
 * there, each of its queries on an hour of a thousand devices, and what its checks say.
 */
const org = `dashboards-of-influx-${process.pid}-${Date.now()}`;
const bucket = "fleet of ${one}/é";
const start = Math.floor(Date.now() / 60_000 - minutes) * minute;
let orgID: string;

interface Cell {
  readonly id: string;
  readonly name: string;
  readonly properties: { readonly type: string; readonly queries: readonly { readonly text: string }[] };
}
interface Shown {
  readonly id: string;
  readonly name: string;
  readonly cells: readonly Cell[];
}

beforeAll(async () => {
  orgID = (await asked<{ id: string }>("POST", "/api/v2/orgs", { name: org })).id;
  await asked("POST", "/api/v2/buckets", { orgID, name: bucket, retentionRules: [] });
  const store = openInfluxStore({ url: setting("URL"), org, bucket, token: setting("TOKEN") });
  await writeScene(store, start);
  await store.close();
});

afterAll(async () => {
  await asked("DELETE", `/api/v2/orgs/${orgID}`);
});

describe("headwater influx apply", () => {
  it("says what it would do, does it, and changes the same things when it is applied again", async () => {
    const would = await headwaterInflux("apply", "--dry-run");
    expect(would).toMatch(/^new +Dashboard +Headwater: fleet$/m);
    expect(await present()).toEqual({ dashboards: [], variables: [], checks: [] });
    await headwaterInflux("apply");
    const first = await present();
    expect(first).toEqual({
      dashboards: ["Headwater: alerts", "Headwater: device", "Headwater: fleet"],
      variables: ["headwater_bucket", "headwater_device", "headwater_device_metric", "headwater_metric"],
      checks: ["Headwater: a device is silent active=false", "Headwater: nothing is stored active=true"],
    });
    const again = await headwaterInflux("apply");
    expect(again).not.toMatch(/^new/m);
    expect(await present()).toEqual(first);
  });

  it("says in one line what is wrong", async () => {
    for (const [args, env, said] of [
      [["apply"], { HEADWATER_INFLUX_BUCKET: "nowhere" }, /InfluxDB has no bucket nowhere/],
      [["apply"], { HEADWATER_INFLUX_TOKEN: "wrong" }, /InfluxDB does not know/],
      [["apply", "--file", "/nowhere.yml"], {}, /The template \/nowhere\.yml cannot be read \(ENOENT\)/],
    ] as const) {
      const { code, output } = await runInflux(args, env);
      expect([code === 0, output], args.join(" ")).toEqual([false, expect.stringMatching(said)]);
      expect(output.trimEnd()).not.toContain("\n");
      expect(output).not.toContain(setting("TOKEN"));
    }
  });
});

describe("its dashboards", () => {
  it("answer each query in bounds, and with nothing where there is nothing", async () => {
    const cells = (await boards()).flatMap(({ name, cells: its }) => its.map((cell) => ({ board: name, ...cell })));
    expect(cells.length).toBeGreaterThan(15);
    const each = cells.values();
    const askAll = async (): Promise<void> => {
      for (const { board, name, properties } of each) {
        expect(properties.queries.length, name).toBeGreaterThan(0);
        for (const { text } of properties.queries) {
          const rows = await answered(text);
          expect(rows.length, `${board}: ${name}`).toBeGreaterThan(0);
          expect(rows.length, `${board}: ${name}`).toBeLessThanOrEqual(2000);
          const before = await answered(text, { from: start - 14_400 * minute, to: start - 14_340 * minute });
          expect(
            before.filter((row) => !Object.values(row).includes("0")),
            `${board}: ${name}`,
          ).toEqual([]);
        }
      }
    };
    await Promise.all([askAll(), askAll()]);
  });

  it("show one number in the column that a cell of one number reads, and times as times", async () => {
    expect(await shown("Headwater: fleet", "Devices heard")).toEqual([{ _value: String(devices + 1) }]);
    expect(await shown("Headwater: fleet", "Silent for 5 minutes")).toEqual([{ _value: String(silentBelow + 1) }]);
    const open = await shown("Headwater: alerts", "Open now");
    expect(open[0]?.["raised"]).toMatch(/^\d{4}-\d\d-\d\dT/);
    const values = await shown("Headwater: device", "Newest values");
    expect(values.map(({ metric }) => metric)).toContain(oddMetric);
  });

  it("offer the metrics, the devices, and the metrics of a device", async () => {
    expect(await options("headwater_metric")).toEqual([oddMetric, "pump", "temperature", "window_text_"].toSorted());
    expect(await options("headwater_device")).toHaveLength(1000);
    expect(await options("headwater_device_metric")).toContain(oddMetric);
  });
});

describe("its checks", () => {
  it("tell that something is stored, and which devices are silent", async () => {
    // However long it is ago that the scene was written.
    await influx("POST", `/api/v2/write?org=${org}&bucket=${encodeURIComponent(bucket)}`, "telemetry,device=now up=1");
    expect((await checked("Headwater: nothing is stored")).map(({ _level }) => _level)).toEqual(["ok"]);
    const levels = await checked("Headwater: a device is silent");
    const silent = levels.filter(({ _level }) => _level === "warn").map(({ device }) => device!);
    const known = Array.from({ length: silentBelow }, (_, i) => deviceId(i));
    expect(silent.toSorted()).toEqual([...known, "long-gone", "only-text"].toSorted());
    const [one] = levels.filter(({ device }) => device === deviceId(0));
    expect(one?.["_message"]).toBe(`${deviceId(0)} has been silent for fifteen minutes`);
  });
});

describe("headwater influx remove", () => {
  it("takes away what apply put there, and nothing else", async () => {
    await asked("POST", "/api/v2/dashboards", { orgID, name: "somebody's" });
    expect(await headwaterInflux("remove")).toBe("10 resources removed\n");
    expect(await present()).toEqual({ dashboards: ["somebody's"], variables: [], checks: [] });
    await headwaterInflux("apply");
    expect((await present()).dashboards).toHaveLength(4);
  });
});

async function headwaterInflux(...args: string[]): Promise<string> {
  const { code, output } = await runInflux(args);
  expect(code, output).toBe(0);
  return output;
}

function runInflux(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ReturnType<typeof runHeadwater> {
  const place = { URL: setting("URL"), ORG: org, BUCKET: bucket, TOKEN: setting("TOKEN") };
  const settings = Object.fromEntries(
    Object.entries(place).map(([name, value]) => [`HEADWATER_INFLUX_${name}`, value]),
  );
  return runHeadwater(["influx", ...args], { ...settings, ...env });
}

async function present(): Promise<Record<"dashboards" | "variables" | "checks", string[]>> {
  const { variables } = await asked<{ variables: { name: string }[] }>("GET", `/api/v2/variables?orgID=${orgID}`);
  const { checks } = await asked<{ checks: { name: string; status: string }[] }>(
    "GET",
    `/api/v2/checks?orgID=${orgID}`,
  );
  const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name).toSorted();
  return {
    dashboards: names(await boards()),
    variables: names(variables),
    checks: names(checks.map(({ name, status }) => ({ name: `${name} active=${status === "active"}` }))),
  };
}

async function boards(): Promise<Shown[]> {
  const { dashboards } = await asked<{ dashboards: { id: string }[] }>("GET", `/api/v2/dashboards?orgID=${orgID}`);
  return Promise.all(dashboards.map(({ id }) => asked<Shown>("GET", `/api/v2/dashboards/${id}?include=properties`)));
}

async function shown(board: string, name: string): Promise<Record<string, string>[]> {
  const cell = (await boards()).find((each) => each.name === board)?.cells.find((each) => each.name === name);
  return answered(cell?.properties.queries[0]?.text ?? expect.fail(`${board} has no cell ${name}`));
}

async function options(name: string): Promise<string[]> {
  const { variables } = await asked<{ variables: { name: string; arguments: { values: { query: string } } }[] }>(
    "GET",
    `/api/v2/variables?orgID=${orgID}`,
  );
  const list = variables.find((each) => each.name === name) ?? expect.fail(`no variable ${name}`);
  return (await answered(list.arguments.values.query)).map((row) => row["_value"] ?? "").toSorted();
}

/** What the task of a check does, done now. */
async function checked(name: string): Promise<Record<string, string>[]> {
  const { checks } = await asked<{ checks: { id: string; name: string }[] }>("GET", `/api/v2/checks?orgID=${orgID}`);
  const { id } = checks.find((each) => each.name === name) ?? expect.fail(`no check ${name}`);
  const { flux } = await asked<{ flux: string }>("GET", `/api/v2/checks/${id}/query`);
  expect(flux).toContain("fleet");
  return csv(flux);
}

/** A query as a dashboard sends it: what is chosen is an option, behind the imports. */
function answered(
  query: string,
  { from = start, to = start + minutes * minute } = {},
): Promise<Record<string, string>[]> {
  const time = (us: number): string => new Date(us / 1000).toISOString();
  const imports = /^(?:import .*\n+)*/.exec(query)![0];
  const quoted = (text: string): string => JSON.stringify(text).replaceAll("${", "\\${");
  const chosen = `option v = {
  headwater_bucket: ${quoted(bucket)},
  headwater_metric: "temperature",
  headwater_device: ${quoted(oddDevice)},
  headwater_device_metric: ${quoted(oddMetric)},
  timeRangeStart: ${time(from)},
  timeRangeStop: ${time(to)},
  windowPeriod: 1m,
}
`;
  return csv(`${imports}${chosen}${query.slice(imports.length)}`);
}

async function csv(query: string): Promise<Record<string, string>[]> {
  const body = { query, dialect: { header: true, annotations: [] } };
  const text = await (await influx("POST", `/api/v2/query?org=${org}`, body)).text();
  expect(text, query).not.toMatch(/^,?error,/m);
  return csvRows(text).map(({ result: _result, table: _table, ...row }) => row);
}

async function asked<T>(method: string, path: string, body?: unknown): Promise<T> {
  const text = await (await influx(method, path, body)).text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

async function influx(method: string, path: string, body?: unknown): Promise<Response> {
  const response = await fetch(`${setting("URL")}${path}`, {
    method,
    headers: { authorization: `Token ${setting("TOKEN")}`, "content-type": "application/json" },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  if (!response.ok) expect.fail(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

function setting(name: "URL" | "TOKEN"): string {
  return (
    process.env[`HEADWATER_INFLUX_${name}`] ??
    expect.fail(`HEADWATER_INFLUX_${name} is not set: npm run servers -- start`)
  );
}
