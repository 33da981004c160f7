import { randomUUID } from "node:crypto";
import { registerDevice } from "@headwater/client";
import { board, firstOf, hotRule, lastMinutes, type Scene, window } from "./scene.ts";

/** A request that is done if whoever sends it may. */
export interface Sample {
  /** By the names in the path. */
  readonly at?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** That of what has been done; more than one where its target may have ended by itself. Default: any of 2xx. */
  readonly statuses?: readonly number[];
}

type MakeSample = (scene: Scene) => Sample | Promise<Sample>;

const plain: MakeSample = () => ({});
const kept: MakeSample = () => ({ at: { id: "kept" } });
const ofAlert: MakeSample = async (scene) => ({ at: { id: await raisedAlert(scene) }, body: { comment: "seen" } });
const ofAlerts =
  (more: object = {}): MakeSample =>
  async (scene) => ({ body: { ids: [await raisedAlert(scene)], ...more } });
const ofRule: MakeSample = async (scene) => ({ at: { id: await madeRule(scene) } });
const ofRules: MakeSample = async (scene) => ({ body: { ids: [await madeRule(scene)] } });
const backtestKept: MakeSample = ({ backtestId: id }) => ({ at: { id } });
const rebuildKept: MakeSample = ({ rebuildId: id }) => ({ at: { id } });
const quarantineKept: MakeSample = ({ quarantineId: id }) => ({ at: { id } });
const alertKept: MakeSample = ({ alertId: id }) => ({ at: { id } });
const hour = "from=-1h";

/** One of each operation; what it ends or deletes is made for it. */
export const samples: Readonly<Record<string, MakeSample>> = {
  getLiveness: plain,
  getReadiness: plain,
  getDirectory: plain,
  signIn: () => ({ body: { token: "" }, statuses: [400] }),
  sendTelemetry: () => ({ body: { temperature: 20 } }),
  getSession: plain,
  // A token opens no session.
  signOut: () => ({ statuses: [404] }),
  listSessions: plain,
  // To whoever may not end it, a session is not there.
  endSession: () => ({ at: { id: "nothing" }, statuses: [404] }),
  listServices: plain,
  streamEvents: () => ({ query: "topics=devices" }),
  getMetrics: plain,
  createToken: () => ({ body: { name: `made-${randomUUID()}`, scopes: ["access:write"] } }),
  revokeToken: async ({ api }) => {
    const name = `made-${randomUUID()}`;
    await api.request("POST", "/api/v1/tokens", { name, scopes: ["boards:read"] });
    return { at: { name } };
  },
  listTokens: plain,
  getToken: () => ({ at: { name: "viewer" } }),
  createProvisioningKey: () => ({ body: { name: "made" } }),
  deleteProvisioningKey: async ({ api }) => {
    const { id } = await api.request<{ id: string }>("POST", "/api/v1/provisioning-keys", { name: "made" });
    return { at: { id } };
  },
  listProvisioningKeys: plain,
  listDevices: plain,
  getDevice: kept,
  exportDevices: plain,
  importDevices: () => ({
    body: `{"id":"made-${randomUUID()}"}\n`,
    headers: { "content-type": "application/x-ndjson" },
  }),
  registerDevice: () => ({ body: { id: `made-${randomUUID()}` } }),
  patchDevice: () => ({ at: { id: "kept" }, body: { tags: { at: randomUUID() } } }),
  deleteDevice: async (scene) => ({ at: { id: (await madeDevice(scene)).id }, query: "data=delete" }),
  addCredential: () => ({ at: { id: "kept" }, body: { kind: "token" } }),
  removeCredential: async ({ api }) => {
    const path = "/api/v1/devices/kept/credentials";
    const { id: credentialId } = await api.request<{ id: string }>("POST", path, { kind: "token" });
    return { at: { id: "kept", credentialId } };
  },
  listDeviceGroups: plain,
  getDeviceGroup: kept,
  saveDeviceGroup: () => ({ at: { id: `made-${randomUUID()}` }, body: { filter: { type: "boiler" } } }),
  deleteDeviceGroup: async ({ api }) => {
    const id = `made-${randomUUID()}`;
    await api.request("PUT", `/api/v1/groups/${id}`, { filter: { type: "boiler" } });
    return { at: { id } };
  },
  listBoards: plain,
  getBoard: kept,
  validateBoard: () => ({ body: board }),
  saveBoard: () => ({ at: { id: `made-${randomUUID()}` }, body: board }),
  deleteBoard: async ({ api }) => {
    const id = `made-${randomUUID()}`;
    await api.request("PUT", `/api/v1/boards/${id}`, board);
    return { at: { id } };
  },
  getFleetLatest: plain,
  getFleetSeries: () => ({ query: `metric=temperature&window=1m&aggregate=mean&${hour}` }),
  getLatest: kept,
  listMetrics: kept,
  getSeries: () => ({ at: { id: "kept" }, query: `metric=temperature&${hour}` }),
  getStatistics: () => ({ at: { id: "kept" }, query: hour }),
  getStates: () => ({ at: { id: "kept" }, query: `of=metric&metric=temperature&${hour}` }),
  listDeviceEvents: kept,
  requestCommand: () => ({ at: { id: "kept" }, body: { name: "y" } }),
  listCommands: kept,
  getCommand: ({ commandId }) => ({ at: { id: "kept", commandId } }),
  listQuarantine: plain,
  getQuarantineSummary: plain,
  getQuarantined: quarantineKept,
  fixQuarantined: ({ quarantineId: id }) => ({ at: { id }, body: { json: { temperature: 21 } } }),
  redriveQuarantine: ({ quarantineId }) => ({ body: { ids: [quarantineId] } }),
  getLedger: plain,
  listRebuilds: plain,
  getRebuild: rebuildKept,
  startRebuild: () => ({ body: lastMinutes }),
  cancelRebuild: ({ rebuildId: id }) => ({ at: { id }, statuses: [200, 409] }),
  listAudit: plain,
  getDemo: plain,
  startDemo: plain,
  removeDemo: plain,
  backUpStore: plain,
  listAlerts: plain,
  getAlert: alertKept,
  explainAlert: alertKept,
  listAlertHistory: alertKept,
  listAlertActions: alertKept,
  acknowledgeAlert: ofAlert,
  clearAlert: ofAlert,
  assignAlert: async (scene) => ({ at: { id: await raisedAlert(scene) }, body: { assignee: "ann" } }),
  commentAlert: ofAlert,
  snoozeAlert: async (scene) => ({ at: { id: await raisedAlert(scene) }, body: { for: "10m" } }),
  endAlertSnooze: async (scene) => {
    const id = await raisedAlert(scene);
    await scene.api.request("POST", `/api/v1/alerts/${id}/snooze`, { for: "10m" });
    return { at: { id } };
  },
  acknowledgeAlerts: ofAlerts(),
  clearAlerts: ofAlerts(),
  assignAlerts: ofAlerts({ assignee: "ann" }),
  commentAlerts: ofAlerts({ comment: "seen" }),
  snoozeAlerts: ofAlerts({ for: "10m" }),
  endAlertSnoozes: ofAlerts(),
  getSpool: plain,
  listSpooledRecords: plain,
  listRules: plain,
  getRule: kept,
  getRuleSchema: plain,
  listRevisions: kept,
  validateRule: () => ({ body: hotRule("made") }),
  createRule: () => ({ body: hotRule(`made-${randomUUID()}`) }),
  reviseRule: async (scene) => {
    const id = await madeRule(scene);
    return { at: { id }, body: { ...hotRule(id), name: "Revised" } };
  },
  deleteRule: ofRule,
  enableRule: ofRule,
  disableRule: async (scene) => {
    const id = await madeRule(scene);
    await scene.api.request("POST", `/api/v1/rules/${id}/enable`);
    return { at: { id } };
  },
  shadowRule: ofRule,
  enableRules: ofRules,
  disableRules: ofRules,
  shadowRules: ofRules,
  exportRules: plain,
  importRules: () => ({ body: [{ rule: hotRule(`made-${randomUUID()}`), state: "live" }] }),
  listMaintenance: plain,
  getMaintenance: kept,
  createMaintenance: () => ({ body: window(`made-${randomUUID()}`) }),
  changeMaintenance: () => ({ at: { id: "kept" }, body: { ...window("kept"), name: randomUUID() } }),
  endMaintenance: async ({ api }) => {
    const id = `made-${randomUUID()}`;
    await api.request("POST", "/api/v1/maintenance", window(id));
    return { at: { id } };
  },
  createBacktest: () => ({ body: { rule: hotRule("made"), from: "-1h" } }),
  listBacktests: plain,
  getBacktest: backtestKept,
  listBacktestEpisodes: backtestKept,
  listBacktestDifferences: backtestKept,
  cancelBacktest: ({ backtestId: id }) => ({ at: { id }, statuses: [200, 409] }),
  deleteBacktest: async ({ api }) => {
    const { id } = await api.request<{ id: string }>("POST", "/api/v1/backtests", { rule: "kept", from: "-1h" });
    return { at: { id } };
  },
};

async function madeRule({ api }: Scene): Promise<string> {
  const id = `made-${randomUUID()}`;
  await api.request("POST", "/api/v1/rules", hotRule(id));
  return id;
}

async function madeDevice({ api }: Scene): Promise<{ readonly id: string; readonly token: string }> {
  return registerDevice(api, { id: `made-${randomUUID()}`, type: "boiler" });
}

/** The alert of a device that was hot just now. */
async function raisedAlert(scene: Scene): Promise<string> {
  const { id, token } = await madeDevice(scene);
  await scene.send(id, token, { temperature: 99 });
  return firstOf(scene.api, `/api/v1/alerts?device=${id}`);
}
