import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHeadwater } from "@headwater/testkit/service-process";

/**
 * Writes the API's OpenAPI document and the types of the client that follow from it. The generator needs a TypeScript
 * that has an API for programs, which the project's own has not, and so both are fetched for the occasion.
 */
const packages = ["openapi-typescript@7.13.0", "typescript@5.9.3"];
const target = join(import.meta.dirname, "../../packages/client/generated");

const dataDir = mkdtempSync(join(tmpdir(), "headwater-openapi-"));
try {
  const settings = { HEADWATER_DATA_DIR: dataDir, HEADWATER_MQTT_PORT: "0", HEADWATER_HTTP_PORT: "0" };
  const headwater = await startHeadwater(["start"], settings);
  const answer = await fetch(`http://127.0.0.1:${headwater.port("http")}/api/v1/openapi.json`);
  const document = `${JSON.stringify(await answer.json(), undefined, 1)}\n`;
  await headwater.end("SIGTERM");
  mkdirSync(target, { recursive: true });
  const file = join(target, "openapi.json");
  writeFileSync(file, document);
  const types = join(dataDir, "api.ts");
  execFileSync("npx", ["--yes", ...packages.flatMap((each) => ["-p", each]), "openapi-typescript", file, "-o", types], {
    stdio: ["ignore", "ignore", "inherit"],
    cwd: dataDir,
  });
  const hash = createHash("sha256").update(document).digest("hex");
  writeFileSync(join(target, "api.ts"), `// Of openapi.json, sha256 ${hash}.\n${readFileSync(types, "utf8")}`);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
