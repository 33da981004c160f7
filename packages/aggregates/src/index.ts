export {
  type DeviceInput,
  type AttributeValue,
  type DeviceCredential,
  type Device,
  type DeviceState,
  type Incarnation,
  type DeviceFold,
  foldDevice,
  restateDevice,
} from "./device.ts";
export {
  type DeviceWrite,
  type DeviceRegistration,
  type DevicePatch,
  registerDevice,
  patchDevice,
  deleteDevice,
  addCredential,
  removeCredential,
} from "./device-decisions.ts";
export { deviceLimits, checkDeviceId } from "./device-limits.ts";
export {
  type CommandStatus,
  type CommandClaim,
  type CommandOrigin,
  type CommandPosition,
  type CommandState,
  type CommandEventAt,
  isFinal,
  foldCommand,
  lateCause,
  lifeOf,
  deviceDeleted,
  dueOutcome,
} from "./command.ts";
export { commandLimits, type CommandRequest, requestCommand } from "./command-decisions.ts";
export {
  type AlertStatus,
  type AlertState,
  type AlertComment,
  type AlertSnooze,
  maxEvidence,
  maxComments,
  foldAlert,
} from "./alert.ts";
export { type ActionStatus, type ActionState, foldAction } from "./action.ts";
export { type RuleMode, type RuleRevision, type RuleState, type RuleFold, foldRule } from "./rule.ts";
export {
  type MaintenanceState,
  type MaintenanceFold,
  maintenanceName,
  maintenanceIdOf,
  foldMaintenance,
} from "./maintenance.ts";
export {
  type AccessInput,
  registerScope,
  type ProvisioningKey,
  createProvisioningKey,
  deleteProvisioningKey,
} from "./access/provisioning-key.ts";
export {
  type DeviceGroup,
  deleteDeviceGroup,
  deviceGroupName,
  presentDeviceGroup,
  saveDeviceGroup,
} from "./access/device-group.ts";
export { type Board, boardName, deleteBoard, noSuchBoard, saveBoard } from "./access/board.ts";
export { type AccessState, foldAccess } from "./access/access-state.ts";
export {
  type Grant,
  createToken,
  openSession,
  endGrant,
  sessionIdOf,
  tokenIdOf,
  tokenNamePattern,
} from "./access/grant.ts";
export { type Role, type Scope, expandScopes, includesScopes, isScope, roles, scopes } from "./access/scopes.ts";
export { canonicalSubject, subjectOfCertificate, fingerprintSubject } from "./certificate-subject.ts";
export { idMatches } from "./id-pattern.ts";
export {
  type PasswordHash,
  passwordCosts,
  passwordLimits,
  formatPasswordHash,
  parsePasswordHash,
  scryptMemory,
} from "./password-hash.ts";
