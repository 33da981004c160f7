import { writeFile } from "node:fs/promises";
import { median, type Conditions } from "./conditions.ts";

/** One quantity, measured of Headwater and of what it is compared with. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  /** Digits after the point. */
  readonly digits: number;
  /** By the name of who was measured: one value a round, in the order of the rounds. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
  /** As the design's budgets say it: `at most 7`. */
  readonly budget?: string;
  /** Whether the median is within the budget. */
  readonly within?: boolean;
}

/** What one bench found; `npm run bench` puts several into one document. */
export interface BenchReport {
  readonly title: string;
  /** By which it can be had again. */
  readonly command: string;
  /** What was done, in a sentence or two: load, rounds, versions. */
  readonly shape: string;
  readonly conditions: Conditions;
  /** Of Headwater's own figures; it comes first in each table. */
  readonly ours: string;
  readonly figures: readonly Figure[];
  /** What else a reader has to know, such as what was lost. */
  readonly notes: readonly string[];
}

export async function writeReport(file: string | undefined, report: BenchReport): Promise<void> {
  if (file !== undefined) await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
}

/**
 * Ours against another's of the same round, median of the rounds: what changes with time met both. Without pairs, the
 * ratio of the medians.
 */
export function ratioTo(figure: Figure, ours: string, other: string): number {
  const [own, theirs] = [figure.samples[ours] ?? [], figure.samples[other] ?? []];
  if (own.length !== theirs.length) return median(own) / median(theirs);
  return median(own.map((value, round) => value / theirs[round]!));
}

/** Nothing to say where both are nought. */
function ratioText(figure: Figure, ours: string, other: string): string {
  const ratio = ratioTo(figure, ours, other);
  return Number.isFinite(ratio) ? ratio.toFixed(2) : "";
}

/** For a terminal: the medians, and the ratio to each of the others. */
export function lineOf(figure: Figure): string {
  const { what, unit, digits, samples } = figure;
  const [ours, ...others] = Object.keys(samples);
  const ratios = others.flatMap((name) => {
    const ratio = ratioText(figure, ours!, name);
    return ratio === "" ? [] : [`${ratio} of ${name}`];
  });
  const own = median(samples[ours!]!).toLocaleString("en", { maximumFractionDigits: digits });
  return [`${what}: ${own} ${unit}`, ...ratios, verdict(figure)].filter((part) => part !== "").join("; ");
}

/** A heading, the table and the notes, in Markdown. */
export function markdownOf(report: BenchReport): string {
  const { title, command, shape, ours, figures, notes, conditions } = report;
  const names = [...new Set([ours, ...figures.flatMap(({ samples }) => Object.keys(samples))])];
  const others = names.filter((name) => name !== ours);
  const budgets = figures.some(({ budget }) => budget !== undefined);
  const header = ["what", ...names, ...others.map((name) => `of ${name}`), ...(budgets ? ["budget"] : [])];
  const rows = figures.map((figure) => [
    `${figure.what}, ${figure.unit}`,
    ...names.map((name) => spread(figure, name)),
    ...others.map((name) => (figure.samples[name] === undefined ? "" : ratioText(figure, ours, name))),
    ...(budgets ? [verdict(figure)] : []),
  ]);
  return [
    `## ${title}`,
    `${shape} Load average before: ${conditions.loadAverage}.`,
    ["```sh", command, "```"].join("\n"),
    [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
    ...notes.map((note) => `- ${note}`),
  ].join("\n\n");
}

/** The median, and in brackets the least and the most of several rounds. */
function spread({ samples, digits }: Figure, name: string): string {
  const values = samples[name];
  if (values === undefined || values.length === 0) return "";
  const text = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: digits });
  const range = values.length === 1 ? "" : ` (${text(Math.min(...values))}–${text(Math.max(...values))})`;
  return text(median(values)) + range;
}

function verdict({ budget, within }: Figure): string {
  if (budget === undefined) return "";
  return within === undefined ? budget : `${budget}: ${within ? "met" : "**not met**"}`;
}
