import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { createApiClient } from "@headwater/client";
import { encodeCursor } from "@headwater/service";
import { startHeadwater } from "@headwater/testkit/service-process";
import { pythonWith } from "../../scripts/servers/python-packages.ts";

/** Generated requests for each operation and way to generate them. */
const examples = 5;
const withinMs = 1_200_000;

/** About half of the requests: most are made for what takes the definition of a rule, the import above all. */
const half = "^/api/v1/(devices|telemetry|exports|imports|groups|alerts|rules/import|rules/validate)";

let python: string;
beforeAll(async () => {
  python = await pythonWith("schemathesis", () => {});
});

const cursor = (url: string, place: unknown): string => encodeCursor({ routeOptions: { url } }, place);

interface Group {
  readonly ids: readonly string[];
  /** Values of parameters that only an answer of the API can give. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** More is asked of a request than a schema can say: that two times are in order, for example. */
  readonly mayRefuse?: boolean;
}

function table(parameters: Readonly<Record<string, string>>): string {
  const values = Object.entries(parameters).map(([name, value]) => `"query.${name}" = ${JSON.stringify(value)}`);
  return `{ ${values.join(", ")} }`;
}

/** What schemathesis cannot know of the API. */
function settings(device: string, groups: readonly Group[]): string {
  const accepted = ["2xx", "3xx", "401", "403", "404", "409", "412", "429", "5xx"];
  const refused = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "414", "415", "422", "429", "431"];
  const lines = [
    // Of what the ingest service follows; others name their own below.
    `parameters = ${table({ after: device })}`,
    `checks.positive_data_acceptance.expected-statuses = ${JSON.stringify(accepted)}`,
    `checks.negative_data_rejection.expected-statuses = ${JSON.stringify([...refused, "5xx"])}`,
  ];
  for (const { ids, parameters = {}, mayRefuse = false } of groups) {
    lines.push("[[operations]]", `include-operation-id = ${JSON.stringify(ids)}`);
    if (Object.keys(parameters).length > 0) lines.push(`parameters = ${table(parameters)}`);
    const statuses = JSON.stringify(["400", "422", ...accepted]);
    // A cursor belongs to the query whose answer gave it, and here it is sent with others.
    if (mayRefuse || parameters["cursor"] !== undefined)
      lines.push(`checks.positive_data_acceptance.expected-statuses = ${statuses}`);
  }
  return lines.join("\n");
}

// Two platforms and two schemathesis: one alone makes its requests one after the other, which takes five minutes.
it.concurrent.for([
  ["of devices, alerts and rules in files", ["--include-path-regex", half]],
  ["of all else", ["--exclude-path-regex", half]],
] as const)(
  "schemathesis finds no request %s that is answered otherwise than the API's description says",
  { timeout: withinMs },
  async ([, operations], { onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), "schemathesis-"));
    const headwater = await startHeadwater(["start"], {
      ...{ HEADWATER_DATA_DIR: folder, HEADWATER_MQTT_PORT: "0", HEADWATER_HTTP_PORT: "0" },
    });
    onTestFinished(async () => {
      await headwater.end("SIGTERM");
      rmSync(folder, { recursive: true });
    });
    const url = `http://127.0.0.1:${headwater.port("http")}`;
    const token = readFileSync(join(folder, "admin-token"), "utf8").trim();
    const api = createApiClient(url, token);
    const { position: device } = await api.call("POST", "/api/v1/devices", { body: { id: "boiler-1" } });
    const body = { id: "hot", condition: { metric: "temperature", above: 80 } };
    const { position: rule = "" } = await api.call("POST", "/api/v1/rules", { body });
    const groups: readonly Group[] = [
      // Devices that were only heard have no type and no tags to choose by.
      { ids: ["listDevices"], parameters: { cursor: cursor("/api/v1/devices", "a") }, mayRefuse: true },
      { ids: ["getLatest"], parameters: { cursor: cursor("/api/v1/devices/:id/latest", "a") } },
      // Two times in order, which no schema says.
      {
        ids: ["listDeviceEvents"],
        parameters: { cursor: cursor("/api/v1/devices/:id/events", 5) },
        mayRefuse: true,
      },
      {
        ids: ["getStatistics"],
        parameters: { cursor: cursor("/api/v1/devices/:id/statistics", "a") },
        mayRefuse: true,
      },
      { ids: ["getFleetLatest"], parameters: { cursor: cursor("/api/v1/telemetry/latest", "a") }, mayRefuse: true },
      // What is not registered cannot be grouped by type or tag.
      { ids: ["saveDeviceGroup"], mayRefuse: true },
      { ids: ["getDeviceGroup"], mayRefuse: true },
      { ids: ["listDeviceGroups"], parameters: { cursor: cursor("/api/v1/groups", "a") }, mayRefuse: true },
      // A board's `$name` stands for a variable that it has; of access.v1 there is no position yet.
      { ids: ["saveBoard", "getBoard"], mayRefuse: true },
      { ids: ["listBoards"], parameters: { cursor: cursor("/api/v1/boards", "a") }, mayRefuse: true },
      { ids: ["listProvisioningKeys"], parameters: { cursor: cursor("/api/v1/provisioning-keys", "a") } },
      { ids: ["listQuarantine"], parameters: { cursor: cursor("/api/v1/quarantine", 5) } },
      { ids: ["listCommands"], parameters: { cursor: cursor("/api/v1/devices/:id/commands", [1, "a"]) } },
      { ids: ["listRules"], parameters: { after: rule, cursor: cursor("/api/v1/rules", "a") } },
      { ids: ["listRevisions"], parameters: { after: rule, cursor: cursor("/api/v1/rules/:id/revisions", 5) } },
      { ids: ["getRule", "exportRules"], parameters: { after: rule } },
      // There is no alert yet, and so no position of one.
      { ids: ["listAlerts", "getAlert", "explainAlert", "listAlertActions", "listAlertHistory"], mayRefuse: true },
      // Exactly one of ids and a filter, and a cursor that an answer gave.
      { ids: ["acknowledgeAlerts", "clearAlerts", "assignAlerts", "commentAlerts", "snoozeAlerts"], mayRefuse: true },
      { ids: ["endAlertSnoozes", "enableRules", "disableRules", "shadowRules"], mayRefuse: true },
      { ids: ["listMaintenance"], parameters: { after: rule, cursor: cursor("/api/v1/maintenance", "a") } },
      { ids: ["getMaintenance"], parameters: { after: rule } },
      // A snooze has one end, and a window ends after it begins, by a calendar and a zone that there are.
      { ids: ["snoozeAlert", "createMaintenance", "changeMaintenance"], mayRefuse: true },
      // Zones that there are, windows where something needs them, entries by their ids or by a filter.
      { ids: ["getStates", "getFleetSeries", "redriveQuarantine", "fixQuarantined"], mayRefuse: true },
      { ids: ["getSeries", "createRule", "reviseRule", "importRules"], mayRefuse: true },
      { ids: ["listBacktests"], parameters: { cursor: cursor("/api/v1/backtests", 5) } },
      // The range of a backtest has to lie in the past, and that of a rebuild in what the store has of raw points.
      { ids: ["createBacktest", "startRebuild"], mayRefuse: true },
      // A first line that names columns.
      { ids: ["importDevices", "exportDevices"], mayRefuse: true },
      // A token or a code, and not both.
      { ids: ["signIn"], mayRefuse: true },
      // A name that is nobody else's, and one end.
      { ids: ["createToken"], mayRefuse: true },
      { ids: ["listAudit"], parameters: { cursor: cursor("/api/v1/audit", { at: 1, number: 1 }) }, mayRefuse: true },
      // Of access.v1 there is no position yet.
      { ids: ["listTokens", "getToken"], parameters: { cursor: cursor("/api/v1/tokens", "a") }, mayRefuse: true },
      { ids: ["listSessions"], parameters: { cursor: cursor("/api/v1/sessions", "a") }, mayRefuse: true },
      { ids: ["registerDevice", "addCredential", "createProvisioningKey"], mayRefuse: true },
    ];
    writeFileSync(join(folder, "schemathesis.toml"), settings(device, groups));
    const { code, output } = await run(folder, [
      "run",
      `${url}/api/v1/openapi.json`,
      ...operations,
      ...["--header", `Authorization: Bearer ${token}`],
      ...["--phases", "examples,coverage,fuzzing", "--max-examples", String(examples), "--seed", "1"],
      // It never ends.
      ...["--exclude-path", "/api/v1/stream"],
      // It takes the login of a device.
      ...["--exclude-path", "/api/v1/telemetry"],
      // It would start and remove a fleet with every request.
      ...["--exclude-path", "/api/v1/demo"],
      ...["--request-timeout", "60", "--max-failures", "50", "--no-color"],
    ]);
    expect(code, output.slice(-8000)).toBe(0);
  },
);

function run(folder: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-m", "schemathesis.cli", ...args], { cwd: folder, timeout: withinMs });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
