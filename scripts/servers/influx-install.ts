import { spawnSync } from "node:child_process";
import { chmod, copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installed, runStep, type Progress } from "./install.ts";
import { findTool, requireTools } from "./required-tool.ts";

export const INFLUXD_VERSION = "2.7.12";

const pins = ["go.mod", "go.sum", "tools.go"].map((name) => ({
  name,
  url: new URL(`influxd/${name}`, import.meta.url),
}));

/** The pinned influxd, built once from its Go module. */
export async function influxdBinary(progress: Progress): Promise<string> {
  const dir = await installed(
    {
      name: `influxd-${INFLUXD_VERSION}`,
      pinFiles: pins.map((pin) => pin.url),
      announce: "building it from source with Go and Rust (about 4 minutes, once)",
      install: build,
    },
    progress,
  );
  return join(dir, "influxd");
}

async function build(target: string): Promise<void> {
  requireTools(["go", "cargo", "cc"], "build influxd");
  const source = await mkdtemp(join(tmpdir(), "headwater-influxd-"));
  try {
    for (const pin of pins) await copyFile(pin.url, join(source, pin.name));
    const env = { ...(await rustEnvironment(source)), PKG_CONFIG: join(source, "pkg-config") };
    const goBuild = async (output: string, ...args: string[]): Promise<void> =>
      runStep({
        command: "nice",
        args: ["-n", "10", "go", "build", "-mod=readonly", "-o", output, ...args],
        cwd: source,
        env,
      });
    // influxd's Flux library is Rust: cgo reaches it through this pkg-config, which builds it on demand.
    await goBuild("pkg-config", "github.com/influxdata/pkg-config");
    const tags = ["-trimpath", "-tags", "sqlite_foreign_keys sqlite_json"];
    await goBuild(join(target, "influxd"), ...tags, "github.com/influxdata/influxdb/v2/cmd/influxd");
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}

async function rustEnvironment(source: string): Promise<Record<string, string>> {
  // The lints of compilers newer than the library's are errors to it; a wrapper caps them where RUSTFLAGS
  // does not reach. Only once: rustc refuses the flag twice.
  const wrapper = join(source, "cap-lints");
  await writeFile(
    wrapper,
    '#!/bin/sh\nfor argument in "$@"; do [ "$argument" = --cap-lints ] && exec "$@"; done\nexec "$@" --cap-lints allow\n',
  );
  await chmod(wrapper, 0o755);
  return { RUSTC_WRAPPER: wrapper, ...installedToolchain() };
}

/** The library pins an old toolchain that rustup would download; the installed one does. */
function installedToolchain(): Record<string, string> {
  if (process.env.RUSTUP_TOOLCHAIN !== undefined || findTool("rustup") === undefined) return {};
  const active = spawnSync("rustup", ["show", "active-toolchain"], { cwd: tmpdir(), encoding: "utf8" });
  const toolchain = active.stdout.split(/\s/)[0];
  return toolchain ? { RUSTUP_TOOLCHAIN: toolchain } : {};
}
