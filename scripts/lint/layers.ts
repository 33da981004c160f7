import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { circlesOf } from "./circles.ts";
import { importsOf, readWorkspaces, type Import } from "./imports.ts";
import { layerExceptions } from "./layer-exceptions.ts";

interface Layer {
  /** Where its files lie. */
  readonly folder: string;
  /** Layers it may import, by name. */
  readonly mayImport: readonly string[];
  /** Packages of others that its sources may import; undefined: any. */
  readonly vendors?: readonly string[];
  /** Whether it may import `node:`. Default: it may. */
  readonly node?: boolean;
}

const foundations = ["core", "proto", "aggregates", "decode"] as const;
const ports = ["event-log", "time-series"] as const;
const services = ["edge-gateway", "ingest-service", "rules-service"] as const;
const products = [...foundations, ...ports, "service", ...services, "client", "device-sim"] as const;

/** Who may import whom: imports run one way, from the bottom of this table to its top. */
export const layers: Readonly<Record<string, Layer>> = {
  core: { folder: "packages/core", mayImport: [], vendors: [] },
  proto: { folder: "proto", mayImport: ["core"], vendors: ["protobufjs", "long"] },
  aggregates: { folder: "packages/aggregates", mayImport: ["core", "proto"], vendors: [] },
  decode: { folder: "packages/decode", mayImport: ["core", "proto"], vendors: ["@sinclair/typebox"] },
  "event-log": { folder: "packages/event-log", mayImport: ["core"], vendors: ["kafkajs", "@sinclair/typebox"] },
  "time-series": {
    folder: "packages/time-series",
    mayImport: ["core"],
    vendors: ["@influxdata/influxdb-client", "@sinclair/typebox"],
  },
  service: { folder: "packages/service", mayImport: ["core", "proto", "aggregates", "event-log"] },
  "edge-gateway": { folder: "edge-gateway", mayImport: [...foundations, "event-log", "service"] },
  "ingest-service": { folder: "ingest-service", mayImport: [...foundations, ...ports, "service"] },
  "rules-service": { folder: "rules-service", mayImport: [...foundations, "event-log", "service"] },
  client: { folder: "packages/client", mayImport: [], vendors: [], node: false },
  // What builds it (vite.config.ts) is no part of the page.
  dashboard: { folder: "dashboard/src", mayImport: ["client"], node: false },
  "device-sim": { folder: "device-sim", mayImport: ["core", "proto", "client", "decode", "event-log"] },
  cli: { folder: "cli", mayImport: products },
  testkit: { folder: "packages/testkit", mayImport: [...products, "cli"] },
  scripts: { folder: "scripts", mayImport: [...products, "cli", "testkit", "tests"] },
  tests: { folder: "tests", mayImport: [...products, "cli", "dashboard", "testkit", "scripts"] },
  bench: { folder: "bench", mayImport: [...products, "cli", "testkit", "scripts", "tests"] },
};

/** Vendor clients and the only folders whose sources know them. */
const vendorFolders: Readonly<Record<string, readonly string[]>> = {
  kafkajs: ["packages/event-log/src/kafka"],
  "@influxdata/influxdb-client": ["packages/time-series/src/influx"],
  aedes: ["edge-gateway/src/mqtt"],
  "aedes-persistence": ["edge-gateway/src/mqtt"],
  mqtt: ["edge-gateway/src/mqtt", "device-sim/src"],
  "mqtt-packet": ["edge-gateway/src/mqtt", "device-sim/src"],
};

/** Tests, and the contract suites of ports, may also import the testkit and what helps to test below them. */
function isTest(file: string): boolean {
  return /\.test\.ts$|\/test\/|\/contract\//.test(file);
}

/** What is wrong with the imports between layers, one line each. */
function layerProblems(imports: readonly Import[]): string[] {
  const problems: string[] = [];
  for (const { from, specifier, file } of imports) {
    const own = layerOf(from);
    if (own === undefined) continue;
    const [name, layer] = own;
    const other = file === undefined ? undefined : layerOf(file)?.[0];
    if (file === undefined) problems.push(...vendorProblems(from, specifier, name, layer));
    else if (file.endsWith("/not-exported.ts")) problems.push(`${from}: ${specifier} is not exported by its package`);
    else if (other === name || other === undefined || layer.mayImport.includes(other)) continue;
    else if (!(isTest(from) && ["testkit", "scripts", ...products].includes(other))) {
      problems.push(`${from}: ${name} may not import ${other} (${specifier})`);
    } else if (isTest(from) && services.includes(other as (typeof services)[number]) && name !== "tests") {
      problems.push(`${from}: the tests of ${name} may not import ${other} (${specifier}); put the test into tests/`);
    }
  }
  return problems;
}

function vendorProblems(from: string, specifier: string, name: string, layer: Layer): string[] {
  if (isTest(from) || name === "tests" || name === "bench" || name === "testkit" || name === "scripts") return [];
  if (specifier.startsWith("node:"))
    return layer.node === false ? [`${from}: ${name} may not import ${specifier}`] : [];
  const vendor = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const folders = vendorFolders[vendor];
  if (folders !== undefined && !folders.some((folder) => from.startsWith(`${folder}/`))) {
    return [`${from}: only ${folders.join(" and ")} may import ${vendor}`];
  }
  if (layer.vendors === undefined || layer.vendors.includes(vendor)) return [];
  return [`${from}: ${name} may not import the package ${vendor}`];
}

/**
 * Circles of files, and of folders inside of a workspace, one line each. A file that lies beside folders counts by
 * itself: `app.ts` imports every folder, and every folder imports `errors.ts`. Tests are in no circle: nothing imports
 * them.
 */
function circleProblems(imports: readonly Import[]): string[] {
  const files = new Map<string, Set<string>>();
  const folders = new Map<string, Set<string>>();
  const parents = new Set(imports.map(({ from }) => dirname(dirname(from))));
  const room = (file: string): string => (parents.has(dirname(file)) ? file : dirname(file));
  for (const { from, file } of imports) {
    if (file === undefined || isTest(from) || isTest(file)) continue;
    add(files, from, file);
    if (room(from) !== room(file) && layerOf(from)?.[0] === layerOf(file)?.[0]) add(folders, room(from), room(file));
  }
  return [
    ...circlesOf(files).map((circle) => `circle of files: ${circle.join(", ")}`),
    ...circlesOf(folders).map((circle) => `circle of folders: ${circle.join(", ")}`),
  ];
}

function add(edges: Map<string, Set<string>>, from: string, to: string): void {
  const known = edges.get(from) ?? new Set<string>();
  known.add(to);
  edges.set(from, known);
}

function layerOf(file: string): [string, Layer] | undefined {
  return Object.entries(layers).find(([, { folder }]) => file.startsWith(`${folder}/`));
}

/** Everything that is wrong with the imports of a checkout, one line each. */
export function problemsOf(root: string): string[] {
  const list = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx", "*.js"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const files = list.split("\n").filter((file) => file !== "" && !file.endsWith(".d.ts"));
  const manifests = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*package.json"], {
    cwd: root,
    encoding: "utf8",
  });
  const workspaces = manifests.split("\n").filter((file) => file.endsWith("/package.json"));
  const known = readWorkspaces(root, workspaces.map(dirname));
  const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), "utf8"), known));
  return [...layerProblems(imports), ...circleProblems(imports)];
}

if (import.meta.main) {
  const found = problemsOf(join(import.meta.dirname, "../.."));
  const problems = found.filter((problem) => !layerExceptions.some((exception) => problem.startsWith(exception)));
  const stale = layerExceptions.filter((exception) => !found.some((problem) => problem.startsWith(exception)));
  for (const problem of problems) console.error(problem);
  for (const exception of stale) console.error(`${exception}: no problem any more; take it off the exceptions`);
  if (problems.length + stale.length > 0) {
    console.error("\nThe table of layers, and who may import whom, is in scripts/lint/layers.ts");
    process.exitCode = 1;
  }
}
