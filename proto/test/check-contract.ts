import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventSchemaVersion } from "@headwater/proto";
import { schemaHash } from "./schema-hash.ts";

/**
 * The gate for the events' contract: the .proto files are clean, break nothing that any released version said, and the
 * generated code is what they generate.
 */
const proto = fileURLToPath(new URL("../", import.meta.url));
const failures: string[] = [];

function run(what: string, command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, { cwd: proto, stdio: "pipe" });
    console.log(`ok      ${what}`);
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    failures.push(what);
    console.log(`failed  ${what}\n${stdout?.toString() ?? ""}${stderr?.toString() ?? String(error)}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), "headwater-proto-"));
try {
  const modules = [
    ["current", proto],
    ...readdirSync(join(proto, "released")).map((v) => [v, join(proto, "released", v)]),
  ];
  for (const [name, source] of modules) {
    // buf refuses an input that lies inside the module it checks, so each version is a module of its own.
    cpSync(join(source!, "headwater"), join(folder, name!, "headwater"), { recursive: true });
    writeFileSync(join(folder, name!, "buf.yaml"), "version: v2\nlint:\n  use: [STANDARD]\nbreaking:\n  use: [FILE]\n");
  }
  const current = join(folder, "current");
  run("buf lint", "buf", ["lint", current]);
  for (const [version] of modules.slice(1)) {
    run(`no break against ${version}`, "buf", ["breaking", current, "--against", join(folder, version!)]);
  }
  const fresh = join(folder, "events.js");
  const { generate } = JSON.parse(readFileSync(join(proto, "package.json"), "utf8")).scripts as { generate: string };
  run("generate", "sh", ["-c", generate.replace("src/generated/events.js", fresh)]);
  for (const name of ["events.js", "events.d.ts"]) {
    const same = readFileSync(join(folder, name), "utf8") === readFileSync(join(proto, "src/generated", name), "utf8");
    if (!same) failures.push(`${name} is stale`);
    console.log(same ? `ok      ${name} is current` : `failed  ${name} is stale: npm run proto:generate`);
  }
  const version = eventSchemaVersion === schemaHash();
  if (!version) failures.push("schema-version.ts is stale");
  console.log(
    version ? "ok      schema-version.ts is current" : "failed  schema-version.ts is stale: npm run proto:generate",
  );
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures.length === 0 ? 0 : 1;
