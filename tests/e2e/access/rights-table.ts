/**
 * What each operation asks of a token. One that is new has to be added here: what it may be done with is a decision.
 * For people docs/security.md tells it by scope. `[]`: any token; undefined: none at all.
 */
export const rights: Readonly<Record<string, readonly string[] | undefined>> = {
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
