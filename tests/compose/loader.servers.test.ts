import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { composeLoader } from "../../scripts/servers/compose-loader.ts";
import { checkout, composeFile, ownServices, withSecond, type ComposeFile } from "./compose-file.ts";

/** The files as Compose's own library loads them, which tells whether our reading of them in other tests is right. */
interface Loaded {
  readonly services: Readonly<Record<string, LoadedService>>;
}

interface LoadedService {
  readonly container_name?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly host_ip: string; readonly published: string; readonly target: number }[];
  readonly volumes?: readonly { readonly source: string; readonly target: string; readonly read_only?: boolean }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const [first = "", second = ""] = ["compose.yaml", "compose.second.yaml"].map((name) =>
  fileURLToPath(new URL(name, checkout)),
);
const secrets = Object.values(composeFile().secrets).map(({ environment = "" }) => environment);
let loader: string;

beforeAll(async () => {
  loader = await composeLoader(() => {});
});

it("compose.yaml, alone and with compose.second.yaml, is what the other tests take it for", () => {
  expect(outline(loaded([first]))).toEqual(outlineOfOurs(composeFile()));
  expect(outline(loaded([first, second]))).toEqual(outlineOfOurs(withSecond()));
});

it("a service is not scaled: its name can be had once", async () => {
  const dir = await mkdtemp(join(tmpdir(), "headwater-scaled-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  for (const [name] of ownServices(composeFile())) {
    const scaled = join(dir, `${name}.yaml`);
    await writeFile(scaled, `services: { ${name}: { deploy: { replicas: 2 } } }\n`);
    const { status, stderr } = load([first, scaled]);
    expect([status, stderr], name).toEqual([1, expect.stringContaining("container name must be unique")]);
  }
});

function load(files: readonly string[]) {
  const values = Object.fromEntries(secrets.map((name) => [name, "x".repeat(32)]));
  return spawnSync(loader, files, { env: { PATH: process.env["PATH"], ...values }, encoding: "utf8" });
}

function loaded(files: readonly string[]): Loaded {
  const { status, stdout, stderr } = load(files);
  expect(status, stderr).toBe(0);
  return parse(stdout) as Loaded;
}

/** What tells services apart, in one form for both readings. */
function outline({ services }: Loaded) {
  return byName(services, (service) => ({
    name: service.container_name,
    environment: service.environment ?? {},
    ports: (service.ports ?? []).map(({ host_ip, published, target }) => `${host_ip}:${published}:${target}`),
    volumes: (service.volumes ?? []).map(({ source, target, read_only }) =>
      [source.replace(fileURLToPath(checkout), "./"), target, ...(read_only === true ? ["ro"] : [])].join(":"),
    ),
    needs: Object.fromEntries(Object.entries(service.depends_on ?? {}).map(([name, each]) => [name, each.condition])),
  }));
}

function outlineOfOurs({ services }: ComposeFile) {
  return byName(services, (service) => ({
    name: service.container_name,
    environment: service.environment ?? {},
    ports: service.ports ?? [],
    volumes: service.volumes ?? [],
    needs: Object.fromEntries(Object.entries(service.depends_on ?? {}).map(([name, each]) => [name, each.condition])),
  }));
}

function byName<S, O>(services: Readonly<Record<string, S>>, outlineOf: (service: S) => O): Record<string, O> {
  return Object.fromEntries(Object.entries(services).map(([name, service]) => [name, outlineOf(service)]));
}
