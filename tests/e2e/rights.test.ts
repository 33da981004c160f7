import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmbedded } from "./platform/embedded.ts";
import type { Platform } from "./platform/platform.ts";

/**
 * What each operation asks of a token. One that is new has to be added here: what it may be done with is a decision.
 * `[]`: any token; undefined: none at all.
 */
const rights: Readonly<Record<string, readonly string[] | undefined>> = {
  getLiveness: undefined,
  getReadiness: undefined,
  getDirectory: undefined,
  signIn: undefined,
  // It takes the login of a device.
  sendTelemetry: undefined,
  getSession: [],
  signOut: [],
  listSessions: [],
  endSession: [],
  // Whether each service answers, as its health says to anybody.
  listServices: [],
  // Each of its topics needs the scope to read it.
  streamEvents: [],
  getMetrics: ["metrics:read"],
  ...each(["createToken", "revokeToken", "createProvisioningKey", "deleteProvisioningKey"], "access:write"),
  ...each(["listTokens", "getToken", "listProvisioningKeys"], "access:read"),
  ...each(["listDevices", "getDevice", "exportDevices", "listDeviceGroups", "getDeviceGroup"], "devices:read"),
  ...each(["saveDeviceGroup", "deleteDeviceGroup"], "devices:write"),
  ...each(["registerDevice", "patchDevice", "deleteDevice", "addCredential", "removeCredential"], "devices:write"),
  ...each(["importDevices"], "devices:write"),
  ...each(["listBoards", "getBoard", "validateBoard"], "boards:read"),
  ...each(["saveBoard", "deleteBoard"], "boards:write"),
  getFleetLatest: ["telemetry:read", "devices:read"],
  getFleetSeries: ["telemetry:read", "devices:read"],
  ...each(
    ["getLatest", "listMetrics", "getSeries", "getStatistics", "getStates", "listDeviceEvents"],
    "telemetry:read",
  ),
  requestCommand: ["commands:write"],
  ...each(["listCommands", "getCommand"], "commands:read"),
  ...each(["listQuarantine", "getQuarantineSummary", "getQuarantined"], "quarantine:read"),
  ...each(["fixQuarantined", "redriveQuarantine"], "quarantine:write"),
  ...each(["getLedger", "listRebuilds", "getRebuild"], "ledger:read"),
  ...each(["startRebuild", "cancelRebuild"], "rebuild:write"),
  listAudit: ["audit:read"],
  // The demo acts as the administrator.
  getDemo: ["access:read"],
  ...each(["startDemo", "removeDemo"], "access:write"),
  backUpStore: ["store:backup"],
  ...each(["listAlerts", "getAlert", "explainAlert", "listAlertHistory", "listAlertActions"], "alerts:read"),
  ...each(["acknowledgeAlert", "clearAlert", "assignAlert", "commentAlert"], "alerts:write"),
  ...each(["snoozeAlert", "endAlertSnooze"], "alerts:write"),
  ...each(["acknowledgeAlerts", "clearAlerts", "assignAlerts", "commentAlerts"], "alerts:write"),
  ...each(["snoozeAlerts", "endAlertSnoozes"], "alerts:write"),
  ...each(["getSpool", "listSpooledRecords"], "gateway:read"),
  ...each(["listRules", "getRule", "getRuleSchema", "listRevisions", "validateRule"], "rules:read"),
  ...each(["createRule", "reviseRule", "deleteRule", "enableRule", "disableRule", "shadowRule"], "rules:write"),
  ...each(["enableRules", "disableRules", "shadowRules"], "rules:write"),
  exportRules: ["rules:read", "maintenance:read"],
  importRules: ["rules:write", "maintenance:write"],
  ...each(["listMaintenance", "getMaintenance"], "maintenance:read"),
  ...each(["createMaintenance", "changeMaintenance", "endMaintenance"], "maintenance:write"),
  ...each(["listBacktests", "getBacktest", "listBacktestEpisodes", "listBacktestDifferences"], "backtests:read"),
  ...each(["createBacktest", "deleteBacktest", "cancelBacktest"], "backtests:write"),
};

function each(operations: readonly string[], scope: string): Record<string, readonly string[]> {
  return Object.fromEntries(operations.map((name) => [name, [scope]]));
}

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

const administrators = ["access:read", "access:write", "audit:read", "rebuild:write", "store:backup"];

let platform: Platform;
let url: string;
let operations: readonly Operation[];
let scopes: readonly string[];
const tokens = new Map<string, string>();

beforeAll(async () => {
  platform = await openEmbedded();
  url = platform.rulesUrl;
  type Described = { operationId: string; security: Operation["security"] };
  const { paths } = await platform.ingest.request<{ paths: Record<string, Record<string, Described>> }>(
    "GET",
    "/api/v1/openapi.json",
  );
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId: name, security }]) => ({ name, method, path, security })),
  );
  ({ scopes } = await platform.ingest.call("GET", "/api/v1/session", {}));
});
afterAll(async () => {
  await platform.stop();
});

/** A token with exactly these. */
async function tokenWith(given: readonly string[]): Promise<string> {
  const key = given.join(" ");
  const known = tokens.get(key);
  if (known !== undefined) return known;
  const body = { name: `t${tokens.size}`, scopes: [...given] as "viewer"[] };
  const { token } = await platform.ingest.call("POST", "/api/v1/tokens", { body });
  tokens.set(key, token);
  return token;
}

/** The status, and no more of an answer than that. */
async function ask({ method, path }: Operation, token: string | undefined): Promise<number> {
  const stop = new AbortController();
  const answer = await fetch(url + path.replaceAll(/\{\w+\}/g, "nothing"), {
    method: method.toUpperCase(),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  stop.abort();
  return answer.status;
}

describe("rights", () => {
  it("each operation is in the table, and OpenAPI says the same", () => {
    const told = operations.map(({ name, security }) => [name, security.find(({ token }) => token)?.["token"]]);
    expect(Object.fromEntries(told)).toEqual(rights);
  });

  it("an operation refuses who shows no token, and one that has every scope but those it needs", async () => {
    for (const operation of operations) {
      const needed = rights[operation.name];
      if (needed === undefined) continue;
      expect(await ask(operation, undefined), operation.name).toBe(401);
      for (const scope of needed) {
        const others = await tokenWith(scopes.filter((each) => each !== scope));
        expect(await ask(operation, others), `${operation.name} without ${scope}`).toBe(403);
      }
    }
  });

  it("and takes one that has those alone", async () => {
    for (const operation of operations) {
      const needed = rights[operation.name];
      if (needed === undefined || needed.length === 0) continue;
      const status = await ask(operation, await tokenWith(needed));
      expect([401, 403], `${operation.name} with ${needed.join(", ")}`).not.toContain(status);
    }
  });

  it("a viewer writes nothing, an operator does all but what is an administrator's", async () => {
    const may = async (role: string): Promise<Set<string>> => {
      const token = await tokenWith([role]);
      const answer = await fetch(`${url}/api/v1/session`, { headers: { authorization: `Bearer ${token}` } });
      return new Set(((await answer.json()) as { scopes: string[] }).scopes);
    };
    expect([...(await may("viewer"))].filter((scope) => !scope.endsWith(":read"))).toEqual([]);
    const operator = await may("operator");
    expect(scopes.filter((scope) => !operator.has(scope)).toSorted()).toEqual(administrators);
    expect([...(await may("admin"))]).toEqual(scopes);
  });

  it("the live stream has the topics that the token may read, and no others", async () => {
    const token = await tokenWith(["alerts:read"]);
    const status = async (query: string): Promise<number> => {
      const stop = new AbortController();
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${url}/api/v1/stream${query}`, { headers, signal: stop.signal });
      stop.abort();
      return answer.status;
    };
    expect(await status("")).toBe(200);
    expect(await status("?topics=alerts")).toBe(200);
    expect(await status("?topics=alerts,telemetry")).toBe(403);
    expect(await status("?topics=commands")).toBe(403);
    const none = await fetch(`${url}/api/v1/stream`, {
      headers: { authorization: `Bearer ${await tokenWith(["rules:read"])}` },
    });
    expect(none.status).toBe(403);
  });

  it("the states of a device that are its alerts or its presence are not telemetry's", async () => {
    const headers = { authorization: `Bearer ${await tokenWith(["telemetry:read"])}` };
    for (const of of ["alerts", "presence"]) {
      const answer = await fetch(`${url}/api/v1/devices/x/states?of=${of}`, { headers });
      expect(answer.status, of).toBe(403);
    }
  });
});
