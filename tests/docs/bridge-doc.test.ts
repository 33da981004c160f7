import { loadConfig } from "@headwater/service";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bridgeSpecs } from "../../edge-gateway/src/bridge/bridge-spec.ts";
import { gatewayConfig } from "../../edge-gateway/src/config.ts";
import { bridgeConfig } from "../../edge-gateway/src/config/bridge-settings.ts";

const doc = readFileSync(new URL("../../docs/bridge.md", import.meta.url), "utf8");

it("the bridges that the documentation shows are taken as they stand", () => {
  const folder = mkdtempSync(join(tmpdir(), "bridge-doc-"));
  try {
    const yamlFile = join(folder, "headwater.yaml");
    writeFileSync(yamlFile, /^```yaml bridge\n(.*?)^```$/ms.exec(doc)![1]!);
    const { bridges, routes } = loadConfig(gatewayConfig, { env: {}, yamlFile });
    const specs = bridgeSpecs(bridges, "gw", routes);
    expect(specs.map(({ name, version }) => [name, version])).toEqual([
      ["plant", 5],
      ["home", 4],
    ]);
    expect(specs[0]!.subscriptions.map(({ filter }) => filter)).toEqual([
      "spBv1.0/#",
      "$share/headwater/devices/+/telemetry/#",
      "devices/+/commands/+/reply",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("every setting of a bridge is in its table", () => {
  const missing = Object.keys(bridgeConfig.properties).filter(
    (name) => !new RegExp(`^\\|.*\`${name}\`.*\\|`, "m").test(doc),
  );
  expect(missing).toEqual([]);
});
