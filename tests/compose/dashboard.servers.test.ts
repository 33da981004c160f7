import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkout } from "./compose-file.ts";

/** Every query of the Grafana dashboard, run by a real InfluxDB on points as the ingest service writes them. */
interface Dashboard {
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly query: string }[] }[];
}

const dashboard = JSON.parse(
  readFileSync(new URL("deploy/grafana/dashboards/headwater.json", checkout), "utf8"),
) as Dashboard;
const bucket = `dashboard-${process.pid}-${Date.now()}`;

beforeAll(async () => {
  const orgs = (await (await influx("GET", `/api/v2/orgs?org=${setting("ORG")}`)).json()) as { orgs: { id: string }[] };
  await influx(
    "POST",
    "/api/v2/buckets",
    JSON.stringify({ orgID: orgs.orgs[0]?.id, name: bucket, retentionRules: [] }),
  );
  const now = Date.now();
  const lines = [
    `telemetry,device=boiler-1 temperature=20.5,on=1 ${now - 60_000}`,
    `telemetry,device=boiler-1 temperature=95,mode_text="manual" ${now - 30_000}`,
    `telemetry,device=boiler-2 temperature=21 ${now - 30_000}`,
    `alerts,rule=too-hot,device=boiler-1,severity=critical state_text="raised",value=95 ${now - 30_000}`,
    `alerts,rule=too-hot,device=boiler-1,severity=critical state_text="cleared",value=70 ${now - 1_000}`,
  ];
  await influx("POST", `/api/v2/write?org=${setting("ORG")}&bucket=${bucket}&precision=ms`, lines.join("\n"));
});

afterAll(async () => {
  const { buckets } = (await (await influx("GET", `/api/v2/buckets?name=${bucket}`)).json()) as {
    buckets: { id: string }[];
  };
  await influx("DELETE", `/api/v2/buckets/${buckets[0]?.id}`);
});

describe("the Grafana dashboard", () => {
  it("offers the devices and metrics that there are", async () => {
    const values = async (name: string): Promise<unknown[]> => {
      const query = dashboard.templating.list.find((variable) => variable.name === name)?.query ?? "";
      return (await rows(query)).map((row) => row["_value"]);
    };
    expect(await values("device")).toEqual(["boiler-1", "boiler-2"]);
    expect(await values("metric")).toEqual(["mode_text", "on", "temperature"]);
  });

  it("counts devices and alert transitions", async () => {
    expect((await panel("Devices heard")).map((row) => row["_value"])).toEqual(["2"]);
    expect((await panel("Alert transitions")).map((row) => row["device"])).toEqual(["2"]);
  });

  it("draws numbers, and only numbers", async () => {
    const drawn = await panel("Telemetry", { device: "(boiler-1|boiler-2)" });
    expect(new Set(drawn.map((row) => `${row["device"]} ${row["_field"]}`))).toEqual(
      new Set(["boiler-1 temperature", "boiler-1 on", "boiler-2 temperature"]),
    );
  });

  it("draws transitions by severity", async () => {
    const drawn = await panel("Alert transitions by severity");
    expect(drawn.every((row) => row["severity"] === "critical")).toBe(true);
    expect(drawn.reduce((sum, row) => sum + Number(row["_value"]), 0)).toBe(2);
  });

  it("lists alerts, newest first, with everything that a transition says", async () => {
    const alerts = await panel("Alerts");
    expect(alerts.map((row) => [row["rule"], row["device"], row["severity"], row["state_text"], row["value"]])).toEqual(
      [
        ["too-hot", "boiler-1", "critical", "cleared", "70"],
        ["too-hot", "boiler-1", "critical", "raised", "95"],
      ],
    );
  });

  it("lists the newest value of every metric, text included", async () => {
    const latest = await panel("Latest values");
    expect(latest.map((row) => [row["device"], row["metric"], row["value"]])).toEqual([
      ["boiler-1", "mode_text", "manual"],
      ["boiler-1", "on", "1"],
      ["boiler-1", "temperature", "95"],
      ["boiler-2", "temperature", "21"],
    ]);
  });

  it("shows nothing, rather than an error, while there is nothing", async () => {
    for (const { title } of dashboard.panels) {
      const shown = await panel(title, { device: "nobody" });
      expect(
        shown.filter((row) => row["device"] !== "0" && row["_value"] !== "0"),
        title,
      ).toEqual([]);
    }
  });
});

function panel(title: string, variables: Readonly<Record<string, string>> = {}): Promise<Record<string, string>[]> {
  const query = dashboard.panels.find((each) => each.title === title)?.targets[0]?.query;
  if (query === undefined) return expect.fail(`the dashboard has no panel "${title}"`);
  return rows(query, variables);
}

/** Fills in what Grafana fills in, and reads the answer's CSV; nothing in these tests holds a comma. */
async function rows(
  query: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>[]> {
  const flux = query
    .replaceAll(/\$\{(\w+):regex\}/g, (_whole, name: string) => variables[name] ?? ".*")
    .replaceAll("v.defaultBucket", JSON.stringify(bucket))
    .replaceAll("v.timeRangeStart", "-1h")
    .replaceAll("v.timeRangeStop", "now()")
    .replaceAll("v.windowPeriod", "10s");
  const body = JSON.stringify({ query: flux, dialect: { header: true, annotations: [] } });
  const csv = await (await influx("POST", `/api/v2/query?org=${setting("ORG")}`, body)).text();
  return csv
    .trim()
    .split(/\r?\n\r?\n/)
    .filter((table) => table !== "")
    .flatMap((table) => {
      const [header = [], ...lines] = table.split(/\r?\n/).map((line) => line.split(","));
      return lines.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ""])));
    });
}

async function influx(method: string, path: string, body?: string): Promise<Response> {
  const response = await fetch(`${setting("URL")}${path}`, {
    method,
    headers: { authorization: `Token ${setting("TOKEN")}`, "content-type": "application/json" },
    ...(body !== undefined && { body }),
  });
  if (!response.ok) expect.fail(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

function setting(name: "URL" | "ORG" | "TOKEN"): string {
  return (
    process.env[`HEADWATER_INFLUX_${name}`] ??
    expect.fail(`HEADWATER_INFLUX_${name} is not set: npm run servers -- start`)
  );
}
