/**
 * Two commits in pairs: the present checkout and a base, each bench of both in turn, so that what changes with the hour
 * meets both. A ratio is the present's figure divided by the base's of the same round.
 *
 *     npm run bench:regression -- COMMIT [--only gateway,ingest,rules,all-in-one] [--rounds 3] [--json FILE]
 *
 * Exit code 1: a figure is worse by more than a tenth in the median of three pairs or more, and worse in every pair; or
 * something that was acknowledged is lost.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { checkOut } from "./base-checkout.ts";
import { conditions, describe, median } from "./conditions.ts";
import type { BenchReport } from "./report.ts";

/** One quantity of both, a value a round. */
interface Pairs {
  readonly what: string;
  readonly unit: string;
  readonly present: number[];
  readonly base: number[];
}

const worseBy = 1.1;
/** Fewer say nothing: what comes and goes on the machine is larger than that. */
const fewestPairs = 3;
const present = join(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: "gateway,ingest,rules,all-in-one" },
    rounds: { type: "string", default: "3" },
    json: { type: "string" },
  },
});
const [commit] = positionals;
const { rounds } = values;
/** Benches that take their turns with another checkout by themselves. */
const inTurns: Readonly<Record<string, readonly string[]>> = {
  gateway: ["gateway-beside-peers.ts", "--alone", "--pairs", rounds, "--seconds", "4"],
  ingest: ["ingest-beside-peer.ts", "--alone", "--events", "200000", "--rounds", rounds],
  "all-in-one": ["all-in-one.ts", "--seconds", "4", "--rounds", rounds],
};
const wanted = values.only.split(",");
const unknown = wanted.filter((name) => name !== "rules" && inTurns[name] === undefined);
if (commit === undefined || unknown.length > 0) {
  console.error(
    commit === undefined ? "name the commit to compare with" : `no bench of pairs is called ${unknown.join(", ")}`,
  );
  process.exit(2);
}
const { stdout: hash } = await promisify(execFile)("git", ["rev-parse", "--short", commit], { cwd: present });
console.log(`${describe(conditions())}\nbeside ${hash.trim()}`);
const reports = await mkdtemp(join(tmpdir(), "bench-regression-"));
const base = await checkOut(commit);
const found: Pairs[] = [];
try {
  for (const name of wanted) found.push(...(name === "rules" ? await rulesPairs() : await pairsInTurns(name)));
} finally {
  await base.remove();
  await rm(reports, { recursive: true, force: true });
}
console.log("");
for (const pairs of found) tell(pairs);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(found, null, 2)}\n`);

async function pairsInTurns(name: string): Promise<Pairs[]> {
  const [file, ...args] = inTurns[name]!;
  const { ours, figures } = await bench(present, file!, [...args, "--base", base.folder]);
  return figures.flatMap(({ what, unit, samples }) =>
    samples["Base"] === undefined
      ? []
      : [{ what: `${name}: ${what}`, unit, present: [...samples[ours]!], base: [...samples["Base"]] }],
  );
}

/** The engine runs in the bench's own process. */
async function rulesPairs(): Promise<Pairs[]> {
  const pairs = new Map<string, Pairs>();
  for (let round = 0; round < Number(rounds); round += 1) {
    const sides = [["present", present] as const, ["base", base.folder] as const];
    for (const [side, checkout] of round % 2 === 0 ? sides : sides.toReversed()) {
      const { ours, figures } = await bench(checkout, "rules.ts", []);
      for (const { what, unit, samples } of figures) {
        const each = pairs.get(what) ?? { what: `rules: ${what}`, unit, present: [], base: [] };
        pairs.set(what, each);
        each[side].push(samples[ours]![0]!);
      }
    }
  }
  return [...pairs.values()];
}

async function bench(checkout: string, file: string, args: readonly string[]): Promise<BenchReport> {
  const report = join(reports, "report.json");
  await rm(report, { force: true });
  const command = [join(checkout, "bench", file), ...args, "--json", report];
  const flags = ["--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, ...command], {
    cwd: checkout,
    stdio: ["ignore", "inherit", "inherit"],
  });
  await once(child, "close");
  if (child.exitCode !== 0) process.exitCode = 1;
  return JSON.parse(await readFile(report, "utf8")) as BenchReport;
}

/** Of messages a second more is better, of all else less. */
function tell({ what, unit, present: own, base: theirs }: Pairs): void {
  const ratios = own.map((value, round) => value / theirs[round]!);
  const isMoreBetter = unit.endsWith("/s");
  const worse = ratios.map((ratio) => (isMoreBetter ? 1 / ratio : ratio));
  const isWorse = worse.length >= fewestPairs && median(worse) > worseBy && worse.every((ratio) => ratio > 1);
  if (isWorse) process.exitCode = 1;
  const digits = { maximumFractionDigits: 2 };
  const [present, base] = [own, theirs].map((each) => median(each).toLocaleString("en", digits));
  const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  console.log(
    `${what}: ${present} ${unit} beside ${base}, ${median(ratios).toFixed(2)} (${spread})${isWorse ? ": WORSE" : ""}`,
  );
}
