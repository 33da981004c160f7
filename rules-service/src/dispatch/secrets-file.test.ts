import { chmodSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, silentLogger, type Logger } from "@headwater/core";
import { SecretsFile } from "./secrets-file.ts";

let folder: string;
let file: string;
let warnings: string[];
let logger: Logger;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-secrets-"));
  file = join(folder, "secrets.yaml");
  warnings = [];
  logger = { ...silentLogger, warn: (_facts: unknown, text?: string) => void warnings.push(text ?? "") };
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the file of secrets", () => {
  it("is read again when it has changed", () => {
    writeFileSync(file, "ops: first", { mode: 0o600 });
    const secrets = new SecretsFile(file, logger);
    writeFileSync(`${file}.new`, "ops: [second, first]", { mode: 0o600 });
    renameSync(`${file}.new`, file);
    expect(secrets.get("ops")).toEqual(["second", "first"]);
    expect(warnings).toEqual([]);
  });

  it("that leads nowhere is a wrong setting at the start, and later leaves what was read last", () => {
    const loop = join(folder, "loop");
    symlinkSync(loop, loop);
    expect(() => new SecretsFile(loop, logger)).toThrow(ConfigError);
    expect(() => new SecretsFile(join(folder, "nowhere"), logger)).toThrow(ConfigError);
    writeFileSync(file, "ops: first", { mode: 0o600 });
    const secrets = new SecretsFile(file, logger);
    rmSync(file);
    symlinkSync(file, file);
    expect(secrets.get("ops")).toEqual(["first"]);
    expect(warnings).toEqual(["the file of secrets is not read again"]);
  });

  it.skipIf(process.platform === "win32")("that others may read is warned of, again when it is so later", () => {
    writeFileSync(file, "ops: first");
    chmodSync(file, 0o640);
    const secrets = new SecretsFile(file, logger);
    expect(warnings).toHaveLength(1);
    chmodSync(file, 0o600);
    expect(secrets.get("ops")).toEqual(["first"]);
    expect(warnings).toHaveLength(1);
    chmodSync(file, 0o604);
    expect(secrets.get("ops")).toEqual(["first"]);
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain("chmod 600");
  });
});
