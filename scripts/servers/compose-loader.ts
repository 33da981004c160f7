import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installed, runStep, type Progress } from "./install.ts";
import { requireTools } from "./required-tool.ts";

const pins = ["go.mod", "go.sum", "main.go"].map((name) => ({
  name,
  url: new URL(`compose-loader/${name}`, import.meta.url),
}));

/** A program that prints what Compose makes of its files (extends, overrides, variables), and needs no engine. */
export async function composeLoader(progress: Progress): Promise<string> {
  const dir = await installed(
    {
      name: "compose-loader",
      pinFiles: pins.map((pin) => pin.url),
      announce: "building it with Go (half a minute, once)",
      install: build,
    },
    progress,
  );
  return join(dir, "compose-loader");
}

async function build(target: string): Promise<void> {
  requireTools(["go"], "build the loader of Compose's files");
  const source = await mkdtemp(join(tmpdir(), "headwater-compose-loader-"));
  try {
    for (const pin of pins) await copyFile(pin.url, join(source, pin.name));
    const args = ["-n", "10", "go", "build", "-mod=readonly", "-trimpath", "-o", join(target, "compose-loader"), "."];
    await runStep({ command: "nice", args, cwd: source });
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}
