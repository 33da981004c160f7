import { Readable } from "node:stream";
import { Type } from "@sinclair/typebox";
import { afterQuery, InvalidRequestError, principalOf, waitForAfter, type HttpApp } from "@headwater/service";
import { acceptYaml, yamlTypes } from "../rule-body.ts";
import type { RuleModel } from "../rule-model.ts";
import type { RuleWrites } from "../rule-writes.ts";
import type { MaintenanceModel } from "../../maintenance/maintenance-model.ts";
import type { MaintenanceWrites } from "../../maintenance/maintenance-writes.ts";
import { importWindows } from "./maintenance-import.ts";
import { entriesOf, entryState, importBody } from "./rule-entry.ts";
import { exportRules } from "./rule-export.ts";
import type { WarningMeans } from "../../definition/warnings.ts";
import { importAnswer, importRules } from "./rule-import.ts";

export interface TransferRoutesOptions {
  readonly model: RuleModel;
  readonly writes: RuleWrites;
  readonly maintenance: { readonly model: MaintenanceModel; readonly writes: MaintenanceWrites };
  readonly timeoutMs: number;
  readonly warned: WarningMeans;
}

const importLimit = 4 * 1024 * 1024;
const tags = ["rules"];

/** Rules as files: all of them out, many of them in. */
export function transferRoutes(parent: HttpApp, options: TransferRoutesOptions): void {
  const { model, writes, maintenance, timeoutMs, warned } = options;
  void parent.register(async (app: HttpApp) => {
    acceptYaml(app, true);

    app.get(
      "/api/v1/rules/export",
      {
        config: { scopes: ["rules:read", "maintenance:read"], produces: ["application/yaml"] },
        schema: {
          operationId: "exportRules",
          summary:
            "All rules with their states, and maintenance windows, as YAML, a document each, as an import takes them",
          tags,
          querystring: Type.Object({ ...afterQuery, state: Type.Optional(entryState) }),
        },
      },
      async (request, reply) => {
        await waitForAfter(model.readModel, request.query.after, timeoutMs);
        await waitForAfter(maintenance.model.readModel, request.query.after, timeoutMs);
        const text = exportRules(model, maintenance.model, request.query.state);
        return reply.type("application/yaml").send(Readable.from(text, { objectMode: false }));
      },
    );

    app.post(
      "/api/v1/rules/import",
      {
        bodyLimit: importLimit,
        config: {
          scopes: ["rules:write", "maintenance:write"],
          documentedBody: importBody,
          consumes: ["application/json", ...yamlTypes],
        },
        schema: {
          operationId: "importRules",
          summary: "Make rules and maintenance windows as a list says; nothing is written if one of them is wrong",
          tags,
          querystring: Type.Object({
            dryRun: Type.Boolean({ default: false, description: "Answer with the differences, and write nothing" }),
            state: Type.Optional(entryState),
          }),
          response: { 200: importAnswer },
        },
      },
      async (request) => {
        if (request.headers["content-type"] === undefined) {
          throw new InvalidRequestError("body", [{ pointer: "", detail: "is missing; send rules in YAML or JSON" }]);
        }
        const { dryRun, state } = request.query;
        const entries = await entriesOf(request.body);
        const by = principalOf(request).id;
        // Before the rules: what they would do is held back from the first.
        const windows = await importWindows(entries.windows, { ...maintenance, by, dryRun });
        const rules = await importRules(entries.rules, { model, writes, by, fallback: state, warned, dryRun });
        const differs = [...rules, ...windows].some(({ action }) => action !== "same");
        return { dryRun, differs, rules, maintenance: windows };
      },
    );
  });
}
