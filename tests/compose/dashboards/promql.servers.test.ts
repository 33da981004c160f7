import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createApiClient, type ApiClient } from "@headwater/client";
import { eventually } from "@headwater/testkit/eventually";
import { runHeadwater, startHeadwater, type ServiceProcess } from "@headwater/testkit/service-process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { debianProgram } from "../../../scripts/servers/debian-packages.ts";
import { startPrometheus, type Prometheus } from "../../../scripts/servers/prometheus.ts";
import { checkout } from "../compose-file.ts";
import { dashboardFile, panelsOf, targetsOf } from "./grafana.ts";

/**
 * Every PromQL query of the dashboards, run by a real Prometheus that has the configuration of deploy/prometheus and
 * scrapes a Headwater under load.
 */
const run = promisify(execFile);
const metricsToken = randomBytes(32).toString("hex");
const devices = 2;
const samples = 2000;
const panels = panelsOf(dashboardFile("pipeline.json"));
const queries = panels.flatMap((panel) =>
  targetsOf(panel).flatMap(({ expr, refId }) =>
    expr === undefined ? [] : [{ title: panel.title ?? "", refId, expr }],
  ),
);
interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<"summary" | "description", string>>;
}
const alertsText = readFileSync(new URL("deploy/prometheus/alerts.yaml", checkout), "utf8");
const alertRules = (parse(alertsText) as { groups: readonly { rules: readonly AlertRule[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);
/** What nothing in a good minute counts: whether these can be written is told by their declarations. */
const notProvoked: Readonly<Record<string, readonly string[]>> = {
  headwater_skipped_records_total: ["reader", "topic", "reason"],
};

let dir: string;
let headwater: ServiceProcess;
let prometheus: Prometheus;
let api: ApiClient;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "headwater-promql-"));
  const dataDir = join(dir, "data");
  headwater = await startHeadwater(["start"], {
    HEADWATER_DATA_DIR: dataDir,
    HEADWATER_MQTT_PORT: "0",
    HEADWATER_HTTP_PORT: "0",
    HEADWATER_METRICS_TOKEN: metricsToken,
  });
  prometheus = await startPrometheus({ dataDir: join(dir, "prometheus"), configFile: await configured(dir) });
  const tokenFile = join(dataDir, "admin-token");
  api = createApiClient(headwater.url("http"), (await readFile(tokenFile, "utf8")).trim());
  await load(tokenFile);
});

afterAll(async () => {
  await Promise.all([headwater?.end("SIGTERM"), prometheus?.stop()]);
  await rm(dir, { recursive: true, force: true });
});

describe("the configuration of Prometheus", () => {
  it("is one that promtool takes", async () => {
    const promtool = await debianProgram("promtool", () => {});
    const { stdout } = await run(promtool, ["check", "config", join(dir, "prometheus.yaml")]);
    expect(stdout).toContain("SUCCESS");
    // Names and labels that two alerts share are one alert to whoever is told of it, or silences it.
    const rules = await run(promtool, ["check", "rules", join(dir, "alerts.yaml")]);
    expect(rules.stdout + rules.stderr).toContain("SUCCESS");
  });

  it("reads /metrics with a token that opens nothing else", async () => {
    await eventually(async () => expect(await valueOf('sum(up{job="headwater"})')).toBe(1));
    const headers = { authorization: `Bearer ${metricsToken}` };
    expect((await fetch(`${headwater.url("http")}/api/v1/devices`, { headers })).status).toBe(401);
  });
});

describe("the alert rules", () => {
  it.each(alertRules)("$alert names metrics that there are, and says what to do", async ({ expr, annotations }) => {
    const exposed = await exposition();
    const names = [...expr.matchAll(/\bheadwater_\w+/g)].map(([name]) => name);
    for (const name of names) expect(exposed.has(name) || name in notProvoked, name).toBe(true);
    expect(annotations.description.length).toBeGreaterThan(20);
  });

  it("are all evaluated by Prometheus, and only what happened in this test fires", async () => {
    await eventually(async () => {
      const answer = await fetch(`${prometheus.url}/api/v1/rules`);
      const { data } = (await answer.json()) as {
        data: { groups: { rules: { name: string; health: string; state: string; lastError?: string }[] }[] };
      };
      const rules = data.groups.flatMap(({ rules: each }) => each);
      expect(rules.map(({ name }) => name)).toEqual(alertRules.map(({ alert }) => alert));
      expect(rules.map(({ health }) => health)).toEqual(rules.map(() => "ok"));
      const firing = rules.filter(({ state }) => state === "firing").map(({ name }) => name);
      // One message could not be read: a run that takes minutes is told of it.
      expect(firing.filter((name) => name !== "HeadwaterQuarantineGrows")).toEqual([]);
    });
  });

  it("tell that the ledger does not balance, once it has not for five minutes", async () => {
    const rule = alertRules.find(({ alert }) => alert === "HeadwaterLedgerUnbalanced")!;
    const alertAt = (time: string, isFiring: boolean) => ({
      eval_time: time,
      alertname: rule.alert,
      exp_alerts: isFiring
        ? [
            {
              exp_labels: { severity: "critical", instance: "a" },
              exp_annotations: { ...rule.annotations, summary: rule.annotations.summary.replace("{{ $value }}", "2") },
            },
          ]
        : [],
    });
    const series = { series: `${rule.expr.split(" ", 1)[0]!}{instance="a"}`, values: "0 0 2x10 0x5" };
    const tests = {
      rule_files: ["alerts.yaml"],
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: [series],
          alert_rule_test: [alertAt("1m", false), alertAt("6m", false), alertAt("8m", true), alertAt("14m", false)],
        },
      ],
    };
    await writeFile(join(dir, "alerts-test.yaml"), stringify(tests));
    const promtool = await debianProgram("promtool", () => {});
    const { stdout } = await run(promtool, ["test", "rules", join(dir, "alerts-test.yaml")]);
    expect(stdout).toContain("SUCCESS");
  });
});

describe("the pipeline page", () => {
  it.each(queries)("$title $refId names metrics and labels that there are", async ({ expr }) => {
    const exposed = await exposition();
    const names = [...expr.matchAll(/\b(headwater|process|nodejs)_\w+/g)].map(([name]) => name);
    if (!expr.startsWith("sum(up{")) expect(names.length).toBeGreaterThan(0);
    const wanted = [...expr.matchAll(/by \(([^)]+)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/));
    const matched = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label]) => label ?? "");
    for (const name of names) {
      const labels = exposed.get(name) ?? notProvoked[name];
      expect(labels, name).toBeDefined();
      // Prometheus itself adds these.
      expect([...(labels ?? []), "job", "instance"]).toEqual(expect.arrayContaining([...wanted, ...matched]));
    }
  });

  it.each(queries)("$title $refId is understood and bounded", async ({ expr, title }) => {
    await eventually(async () => {
      const series = await range(expr);
      expect(series.length).toBeLessThanOrEqual(50);
      const quiet = Object.keys(notProvoked).some((name) => expr.includes(name)) || title === "Requests that failed";
      if (!quiet) expect(series.length, expr).toBeGreaterThan(0);
    });
  });

  it("shows what went through", async () => {
    const events = devices * samples;
    const shown = (title: string, refId = "A"): Promise<number> => {
      const query = queries.find((each) => each.title === title && each.refId === refId);
      return valueOf(query?.expr ?? `no query of ${title}`);
    };
    const stored = 'sum(headwater_ingest_ledger_events{column="stored"})';
    // A scrape may come late.
    await eventually(async () => {
      expect(await valueOf(stored)).toBe(events);
      expect(await valueOf("sum(headwater_gateway_received_total)")).toBe(events + 1);
      expect(await shown("Services down")).toBe(0);
      expect(await shown("Missing events")).toBe(0);
      expect(await shown("Unexplained identities")).toBe(0);
      expect(await shown("Unbalanced partitions")).toBe(0);
      expect(await shown("Lag", "B")).toBe(0);
    });
    const ledger = await api.request<{ totals: { stored: number } }>("GET", "/api/v1/ledger");
    expect(ledger.totals.stored).toBe(events);
    const rising = `max_over_time(sum(rate(headwater_gateway_received_total[10s]))[5m:1s])`;
    await eventually(async () => expect(await valueOf(rising)).toBeGreaterThan(0));
  });

  it("draws one unit a panel, and shows as an alarm only what has to be 0", () => {
    for (const panel of panels) {
      expect(panel.fieldConfig?.defaults.unit, panel.title).toBeTypeOf("string");
      const steps = panel.fieldConfig?.defaults.thresholds?.steps ?? [];
      if (panel.type === "stat") expect(steps.map(({ value }) => value)).toEqual([null, 1]);
    }
  });
});

/** The files of deploy/prometheus, with the places of this test, and without its patience. */
async function configured(folder: string): Promise<string> {
  const text = await readFile(new URL("deploy/prometheus/prometheus.yaml", checkout), "utf8");
  const targets = await readFile(new URL("deploy/prometheus/targets/services.yaml", checkout), "utf8");
  const token = join(folder, "metrics-token");
  await writeFile(token, metricsToken, { mode: 0o600 });
  await mkdir(join(folder, "targets"));
  const here = new URL(headwater.url("http")).host;
  // The three services are one process here.
  await writeFile(join(folder, "targets", "services.yaml"), targets.replace(/\[.+\]/, `["${here}"]`));
  await writeFile(join(folder, "alerts.yaml"), alertsText);
  const file = join(folder, "prometheus.yaml");
  await writeFile(file, text.replace("/run/secrets/metrics-token", token).replace("15s", "1s"));
  return file;
}

/** Readings, an alert, a command, something that no decoder reads, and a login that is refused. */
async function load(tokenFile: string): Promise<void> {
  const rule = {
    id: "hot",
    name: "Hot",
    condition: { metric: "temperature", op: ">", threshold: 0 },
    severity: "critical",
  };
  await api.request("POST", "/api/v1/rules", rule);
  await api.request("POST", "/api/v1/rules/hot/enable");
  // A rate needs a rise that Prometheus sees.
  await eventually(async () => expect(await valueOf("sum(headwater_gateway_received_total)")).toBe(0));
  const mqtt = `mqtt://127.0.0.1:${headwater.port("mqtt")}`;
  const options = ["--devices", String(devices), "--samples", String(samples), "--speed", "400"];
  const where = ["--url", headwater.url("http"), "--mqtt", mqtt, "--token-file", tokenFile];
  const { code, output } = await runHeadwater(["sim", ...options, ...where], {});
  expect(code, output).toBe(0);
  const { token } = await api.request<{ token: string }>("POST", "/api/v1/devices", { id: "odd" });
  await api.request("POST", "/api/v1/devices/odd/commands", { name: "cool", ttl: "10m" });
  const broker = ["-h", "127.0.0.1", "-p", String(headwater.port("mqtt")), "-q", "1", "-W", "60"];
  const sub = await debianProgram("mosquitto_sub", () => {});
  await run(sub, [...broker, "-u", "odd", "-P", token, "-i", "odd", "-t", "devices/odd/commands/+", "-C", "1"]);
  const pub = await debianProgram("mosquitto_pub", () => {});
  const message = [...broker.slice(0, -2), "-t", "devices/odd/telemetry"];
  await run(pub, [...message, "-u", "odd", "-P", token, "-m", "{not json"]);
  await run(pub, [...message, "-u", "odd", "-P", "wrong", "-m", "{}"]).catch(() => {});
}

/** The labels of each metric, as /metrics has them, Prometheus's own excepted. */
async function exposition(): Promise<Map<string, Set<string>>> {
  const headers = { authorization: `Bearer ${metricsToken}` };
  const text = await (await fetch(`${headwater.url("http")}/metrics`, { headers })).text();
  const found = new Map<string, Set<string>>();
  for (const [, name = "", labels = ""] of text.matchAll(/^(\w+)(?:\{(.*)\})? /gm)) {
    const known = found.get(name) ?? new Set<string>();
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) known.add(label);
    found.set(name, known);
  }
  return found;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
}

async function ask(path: string, parameters: Readonly<Record<string, string>>): Promise<Series[]> {
  const answer = await fetch(`${prometheus.url}${path}?${new URLSearchParams(parameters).toString()}`);
  const body = (await answer.json()) as { status: string; error?: string; data?: { result: Series[] } };
  expect(body.status, `${parameters["query"]}: ${body.error}`).toBe("success");
  return body.data?.result ?? [];
}

function asked(expr: string): string {
  return expr.replaceAll("$__rate_interval", "10s");
}

function range(expr: string): Promise<Series[]> {
  const end = Date.now() / 1000;
  return ask("/api/v1/query_range", { query: asked(expr), start: String(end - 300), end: String(end), step: "2" });
}

async function valueOf(expr: string): Promise<number> {
  const [first] = await ask("/api/v1/query", { query: asked(expr) });
  return Number(first?.value?.[1]);
}
