import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openEmbedded } from "./platform/embedded.ts";
import type { Platform } from "./platform/platform.ts";

interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Record<string, { schema: Record<string, unknown> }>;
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: { default?: unknown } }[];
  readonly requestBody?: { required: boolean; content: Record<string, unknown> };
  readonly responses: Record<string, Answer>;
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

const generated = join(import.meta.dirname, "../../packages/client/generated");
const renew = "run `npm run client:generate` and commit what it writes";

let platform: Platform;
let document: Document;

beforeAll(async () => {
  platform = await openEmbedded();
  document = await platform.ingest.request<Document>("GET", "/api/v1/openapi.json");
});
afterAll(async () => {
  await platform.stop();
});

function operations(): readonly (readonly [name: string, operation: Operation])[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );
}

it("the types of the client are those of the API as it is", () => {
  const text = readFileSync(join(generated, "openapi.json"), "utf8");
  expect(JSON.parse(text), renew).toEqual(document);
  const [first] = readFileSync(join(generated, "api.ts"), "utf8").split("\n", 1);
  expect(first, renew).toContain(createHash("sha256").update(text).digest("hex"));
});

it("every operation has a name of its own, and says what it takes and answers", () => {
  const ids = operations().map(([, { operationId }]) => operationId);
  expect(ids.every((id) => /^[a-z][A-Za-z]+$/.test(id ?? ""))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [name, { responses, parameters = [], requestBody }] of operations()) {
    for (const [status, answer] of Object.entries(responses)) {
      expect(answer.description, `${name} ${status}`).not.toBe("Default Response");
      if (Number(status) >= 400 && !name.includes("/health/")) {
        expect(answer.$ref, `${name} ${status}`).toBe("#/components/responses/Problem");
      }
      const json = answer.content?.["application/json"]?.schema;
      if (json !== undefined && !name.endsWith("/schema")) {
        expect(json["$ref"], `${name} ${status} is named`).toMatch(/^#\/components\/schemas\//);
      }
    }
    for (const parameter of parameters) {
      if (parameter.schema.default !== undefined) expect(parameter.required, `${name} ${parameter.name}`).toBe(false);
    }
    if (/^(PUT|PATCH)|^POST \/api\/v1\/(devices|rules|provisioning-keys|rules\/validate)$/.test(name)) {
      expect(requestBody?.required, name).toBe(true);
    }
  }
});

it("bodies, headers and exports are described as they are", () => {
  const { paths } = document;
  const types = (path: string, method: string) => Object.keys(paths[path]![method]!.responses["200"]!.content!);
  const headers = (path: string, method: string) =>
    (paths[path]![method]!.parameters ?? []).filter((each) => each.in === "header").map(({ name }) => name);
  expect(types("/api/v1/stream", "get")).toEqual(["text/event-stream"]);
  expect(types("/api/v1/devices/{id}/series", "get")).toEqual(expect.arrayContaining(["application/json", "text/csv"]));
  expect(types("/api/v1/gateway/spool/records", "get")).toEqual(["application/x-ndjson"]);
  expect(Object.keys(paths["/api/v1/rules"]!["post"]!.requestBody!.content)).toContain("application/yaml");
  expect(headers("/api/v1/rules/{id}", "put")).toContain("if-match");
  expect(headers("/api/v1/devices", "post")).toEqual(["if-match", "if-none-match", "idempotency-key"]);
  expect(headers("/api/v1/devices/{id}", "get")).toContain("if-none-match");
  expect(headers("/api/v1/stream", "get")).toContain("last-event-id");
});
