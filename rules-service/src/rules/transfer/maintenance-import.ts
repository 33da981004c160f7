import { Pace } from "@headwater/core";
import { etagOf, parsePrecondition } from "@headwater/service";
import { canonicalMaintenance, type MaintenanceDefinition } from "../../definition/index.ts";
import type { MaintenanceModel } from "../../maintenance/maintenance-model.ts";
import { writtenWindow } from "../../maintenance/maintenance-resource.ts";
import type { MaintenanceWrites } from "../../maintenance/maintenance-writes.ts";
import { differences } from "./rule-diff.ts";
import type { ImportedWindow } from "./rule-import.ts";

export interface MaintenanceImportOptions {
  readonly model: MaintenanceModel;
  readonly writes: MaintenanceWrites;
  readonly by: string;
  readonly dryRun: boolean;
}

/** Makes the windows as the entries say, as `importRules` does rules. */
export async function importWindows(
  windows: readonly MaintenanceDefinition[],
  { model, writes, by, dryRun }: MaintenanceImportOptions,
): Promise<ImportedWindow[]> {
  const done: ImportedWindow[] = [];
  const pace = new Pace();
  for (const definition of windows) {
    if (pace.isDue) await pace.rest();
    const plan = planned(model, definition);
    const { id, action, revision } = plan;
    if (!dryRun && action === "create") await writes.create(definition, { by, precondition: undefined });
    else if (!dryRun && action === "change") {
      await writes.change(id, definition, { by, precondition: parsePrecondition({ "if-match": etagOf(revision!) }) });
    }
    done.push(plan);
  }
  return done;
}

function planned(model: MaintenanceModel, definition: MaintenanceDefinition): ImportedWindow {
  const { id } = definition;
  const stored = model.get(id);
  const after = JSON.parse(canonicalMaintenance(definition)) as unknown;
  if (stored === undefined || stored.ended) return { id, action: "create", changes: [{ pointer: "", after }] };
  const changes = differences(writtenWindow(stored), after);
  return { id, action: changes.length > 0 ? "change" : "same", revision: stored.revision, changes };
}
