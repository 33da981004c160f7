import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { problemsOf } from "./layers.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "layers-"));
  execFileSync("git", ["init", "-q"], { cwd: root });
  for (const [folder, name] of [
    ["packages/core", "core"],
    ["packages/service", "service"],
    ["packages/client", "client"],
    ["rules-service", "rules-service"],
    ["ingest-service", "ingest-service"],
  ] as const) {
    put(`${folder}/package.json`, JSON.stringify({ name: `@headwater/${name}`, exports: { ".": "./src/index.ts" } }));
  }
});

afterEach(() => rmSync(root, { recursive: true }));

function put(file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}

describe("the layers", () => {
  it("let a service import what lies below it", () => {
    put("rules-service/src/app.ts", 'import { a } from "@headwater/service";\nimport { b } from "@headwater/core";\n');
    put("rules-service/src/http/routes.ts", 'import { c } from "../rule.ts";\n');
    expect(problemsOf(root)).toEqual([]);
  });

  it.each([
    ["upwards", "packages/core/src/a.ts", 'import { b } from "@headwater/service";'],
    ["a type alone", "packages/core/src/a.ts", 'import type { B } from "@headwater/service";'],
    ["upwards, over a relative path", "packages/core/src/a.ts", 'export * from "../../service/src/index.ts";'],
    ["upwards, when it is needed", "packages/core/src/a.ts", 'const b = await import("@headwater/service");'],
    ["sideways", "rules-service/src/a.ts", 'import { b } from "@headwater/ingest-service";'],
    ["sideways, from a test", "rules-service/test/a.test.ts", 'import { b } from "../../ingest-service/src/b.ts";'],
    ["over several lines", "packages/core/src/a.ts", 'import {\n  b,\n  type C,\n} from "@headwater/service";'],
    ["what is not exported", "rules-service/src/a.ts", 'import { b } from "@headwater/core/errors";'],
    ["a package of others", "packages/core/src/a.ts", 'import { pino } from "pino";'],
    ["node, from the client", "packages/client/src/a.ts", 'import { readFileSync } from "node:fs";'],
    ["a vendor's client", "rules-service/src/a.ts", 'import { Kafka } from "kafkajs";'],
    ["the inside of a vendor's client", "rules-service/src/a.ts", 'import x from "kafkajs/src/network/connection.js";'],
  ])("refuse an import %s", (_what, file, source) => {
    put(file, `${source}\n`);
    const problems = problemsOf(root);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(file);
  });

  it("refuse a circle of files, also of types alone", () => {
    put("packages/core/src/a.ts", 'import type { B } from "./b.ts";\n');
    put("packages/core/src/b.ts", 'import { a } from "./a.ts";\n');
    expect(problemsOf(root)).toEqual(["circle of files: packages/core/src/a.ts, packages/core/src/b.ts"]);
  });

  it("refuse a circle of folders whose files make none", () => {
    put("packages/core/src/one/a.ts", 'import { b } from "../two/b.ts";\n');
    put("packages/core/src/two/b.ts", "export const b = 1;\n");
    put("packages/core/src/two/c.ts", 'import { d } from "../one/d.ts";\n');
    put("packages/core/src/one/d.ts", "export const d = 1;\n");
    expect(problemsOf(root)).toEqual(["circle of folders: packages/core/src/one, packages/core/src/two"]);
  });

  it("see no import in a comment", () => {
    put("packages/core/src/a.ts", '// import { b } from "@headwater/service";\n/*\nimport "pino";\n*/\n');
    expect(problemsOf(root)).toEqual([]);
  });
});
