import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installed, runStep, type Progress } from "./install.ts";
import { requireTools } from "./required-tool.ts";

export const TELEGRAF_VERSION = "1.37.2";

const pins = ["go.mod", "go.sum", "tools.go"].map((name) => ({
  name,
  url: new URL(`telegraf/${name}`, import.meta.url),
}));

/** Only the plugins that benches measure against: all of them would take many times as long to build. */
const tags = [
  "custom",
  "inputs.mqtt_consumer",
  "inputs.kafka_consumer",
  "outputs.kafka",
  "outputs.influxdb_v2",
  "parsers.json",
  "parsers.influx",
  "serializers.influx",
].join(" ");

/** The pinned Telegraf, built once from its Go module. Benches compare with it; no test needs it. */
export async function telegrafBinary(progress: Progress): Promise<string> {
  const dir = await installed(
    {
      name: `telegraf-${TELEGRAF_VERSION}`,
      pinFiles: pins.map((pin) => pin.url),
      announce: "building it from source with Go (about 2 minutes, once)",
      install: build,
    },
    progress,
  );
  return join(dir, "telegraf");
}

async function build(target: string): Promise<void> {
  requireTools(["go"], "build Telegraf");
  const source = await mkdtemp(join(tmpdir(), "headwater-telegraf-"));
  try {
    for (const pin of pins) await copyFile(pin.url, join(source, pin.name));
    const version = `-X github.com/influxdata/telegraf/internal.Version=${TELEGRAF_VERSION}`;
    await runStep({
      command: "nice",
      args: [
        ...["-n", "10", "go", "build", "-mod=readonly", "-trimpath", "-ldflags", version, "-tags", tags],
        ...["-o", join(target, "telegraf"), "github.com/influxdata/telegraf/cmd/telegraf"],
      ],
      cwd: source,
    });
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}
