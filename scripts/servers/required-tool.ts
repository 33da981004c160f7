import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { MissingToolError } from "./errors.ts";

const installs = {
  java: "a Java 17 runtime (Debian: openjdk-17-jre-headless)",
  mvn: "Maven 3.8 or newer (Debian: maven)",
  go: "Go 1.23 or newer (golang.org)",
  cargo: "stable Rust (rustup.rs)",
  cc: "a C compiler (Debian: gcc)",
  python3: "Python 3.9 or newer with its venv module (Debian: python3-venv)",
} as const;

export type Tool = keyof typeof installs;

export function requireTools(tools: readonly Tool[], purpose: string): void {
  for (const tool of tools) {
    if (findTool(tool) === undefined) throw new MissingToolError(tool, installs[tool], purpose);
  }
}

export function findTool(tool: string): string | undefined {
  for (const dir of (process.env.PATH ?? "").split(delimiter)) {
    if (dir === "") continue;
    const path = join(dir, tool);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not in this folder: the next one may have it.
    }
  }
  return undefined;
}
