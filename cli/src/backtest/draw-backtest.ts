import type { Schemas } from "@headwater/client";

type Backtest = Schemas["Backtest"];
type Episode = Schemas["BacktestEpisode"];
type Difference = Schemas["BacktestDifference"];

/** Devices and differences that are drawn; the JSON has all. */
const maxDevices = 40;
const maxDifferences = 40;
const severities = ["info", "warning", "critical"];
/** The mark of a stretch in which an episode of a severity was open. */
const marks: Readonly<Record<string, string>> = { info: "░", warning: "▒", critical: "█" };

/** A backtest as lines of a terminal: a time line for each device, then the differences and what one has to know. */
export function drawBacktest(backtest: Backtest, columns: number): string {
  const { rule, records, from, to, episodes, episodeCount, difference, notes } = backtest;
  const name = rule.revision === undefined ? `${rule.id} (draft)` : `${rule.id}, revision ${rule.revision}`;
  const lines = [`${name}: ${count(episodeCount, "episode")} in ${count(records, "record")}`];
  lines.push(...timeLines(backtest, columns));
  const left = episodeCount - episodes.length;
  if (left > 0) lines.push(`and ${count(left, "further episode")}: see --json`);
  if (difference !== undefined) lines.push("", ...differenceLines(backtest, difference));
  if (episodes.some(({ uncertain }) => uncertain === true)) {
    lines.push("", "?  may depend on records that the backtest has not seen");
  }
  lines.push("", ...notes.map((note) => `- ${note}`), `- The range is ${short(from)} to ${short(to)}.`);
  return lines.join("\n");
}

function timeLines({ episodes, from, to }: Backtest, columns: number): string[] {
  if (episodes.length === 0) return [];
  const devices = Map.groupBy(episodes, ({ device }) => device);
  const times = episodes.flatMap(({ raisedAt, clearedAt }) => [raisedAt, clearedAt ?? to].map(Date.parse));
  // A device's backlog may tell of what happened long before the range.
  const begin = Math.min(Date.parse(from), ...[Math.min(...times)]);
  const end = Math.max(Date.parse(to), Math.max(...times));
  const names = Math.min(24, Math.max(...Array.from(devices.keys(), (device) => device.length)));
  const width = Math.max(10, columns - names - 12);
  const lines = [
    `${" ".repeat(names)} ${short(new Date(begin).toISOString())} … ${short(new Date(end).toISOString())}`,
  ];
  for (const [device, own] of [...devices].slice(0, maxDevices)) {
    lines.push(`${cut(device, names)} ${lineOf(own, begin, end, width)} ${own.length}`);
  }
  if (devices.size > maxDevices) lines.push(`and ${count(devices.size - maxDevices, "further device")}: see --json`);
  const used = severities.filter((severity) => episodes.some((episode) => episode.severity === severity));
  lines.push(used.map((severity) => `${marks[severity]} ${severity}`).join("   "));
  for (const episode of episodes.slice(0, maxDifferences)) lines.push(`  ${describe(episode)}`);
  if (episodes.length > maxDifferences) {
    lines.push(`  and ${count(episodes.length - maxDifferences, "further episode")}: see --json`);
  }
  return lines;
}

/** Each cell shows the gravest episode that was open in its stretch of time. */
function lineOf(episodes: readonly Episode[], begin: number, end: number, width: number): string {
  const cells = new Int8Array(width).fill(-1);
  const cellOf = (time: number): number =>
    Math.max(0, Math.min(width - 1, Math.floor(((time - begin) / Math.max(1, end - begin)) * width)));
  for (const { raisedAt, clearedAt, severity } of episodes) {
    const last = clearedAt === undefined ? width - 1 : cellOf(Date.parse(clearedAt));
    const rank = severities.indexOf(severity);
    for (let cell = cellOf(Date.parse(raisedAt)); cell <= last; cell++) cells[cell] = Math.max(cells[cell]!, rank);
  }
  return `│${Array.from(cells, (rank) => (rank < 0 ? "·" : (marks[severities[rank]!] ?? "█"))).join("")}│`;
}

function describe({ device, raisedAt, clearedAt, severity, uncertain, retracted }: Episode): string {
  const until = clearedAt === undefined ? "open" : `${short(clearedAt)} (${lengthOf(raisedAt, clearedAt)})`;
  const mark = `${uncertain === true ? " ?" : ""}${retracted === true ? " retracted by late data" : ""}`;
  return `${device}  ${severity}  ${short(raisedAt)} – ${until}${mark}`;
}

function differenceLines({ against }: Backtest, difference: NonNullable<Backtest["difference"]>): string[] {
  const { new: added, gone, moved, same, items } = difference;
  const other = against?.revision === undefined ? "the other rule" : `revision ${against.revision}`;
  const lines = [`Against ${other}: ${added} new, ${gone} gone, ${moved} moved, ${same} the same`];
  for (const item of items.slice(0, maxDifferences)) lines.push(`  ${describeDifference(item)}`);
  const left = added + gone + moved - Math.min(items.length, maxDifferences);
  if (left > 0) lines.push(`  and ${left} more: see --json`);
  return lines;
}

function describeDifference({ kind, episode, against, raisedBySeconds = 0, clearedBySeconds }: Difference): string {
  if (kind === "new") return `+ ${describe(episode!)}`;
  if (kind === "gone") return `- ${describe(against!)}`;
  const moves = [moveOf("raised", raisedBySeconds), moveOf("cleared", clearedBySeconds ?? 0)].filter(Boolean);
  if (episode!.severity !== against!.severity) moves.push(`${against!.severity} before`);
  if ((episode!.clearedAt === undefined) !== (against!.clearedAt === undefined)) {
    moves.push(against!.clearedAt === undefined ? "open before" : `cleared ${short(against!.clearedAt)} before`);
  }
  return `~ ${describe(episode!)}: ${moves.join(", ")}`;
}

function moveOf(what: string, seconds: number): string {
  if (seconds === 0) return "";
  return `${what} ${duration(Math.abs(seconds) * 1000)} ${seconds < 0 ? "earlier" : "later"}`;
}

function lengthOf(begin: string, end: string): string {
  return duration(Date.parse(end) - Date.parse(begin));
}

function duration(millis: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const;
  const first = units.findIndex(([, length]) => millis >= length);
  if (first < 0) return `${Math.round(millis)} ms`;
  const [unit, length] = units[first]!;
  const whole = Math.floor(millis / length);
  const [smaller, smallerLength] = units[first + 1] ?? ["", 0];
  const rest = smallerLength === 0 ? 0 : Math.round((millis - whole * length) / smallerLength);
  return rest === 0 ? `${whole}${unit}` : `${whole}${unit} ${rest}${smaller}`;
}

function short(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text.padEnd(length);
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}
