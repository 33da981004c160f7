export { checkEmbeddedLog, type DamagedRange, type LogReport, type SideTable } from "./check.ts";
export {
  repairEmbeddedLog,
  type RepairOptions,
  type RepairReport,
  type SetAside,
  type Surroundings,
} from "./repair.ts";
