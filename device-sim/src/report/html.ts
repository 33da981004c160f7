import type { FleetVerdict } from "../verdict/verdict.ts";
import { describeVerdict } from "./describe.ts";
import type { Moment } from "./timeline.ts";

const [width, height, left, bottom] = [760, 200, 60, 24];

interface Line {
  readonly name: string;
  readonly color: string;
  readonly value: (moment: Moment) => number;
}

/** A page that needs nothing else: the verdict, and charts of rate, latency and connections over the run. */
export function htmlReport(verdict: FleetVerdict, moments: readonly Moment[]): string {
  const title = `${verdict.fleet}: ${verdict.holds ? "every expectation holds" : "an expectation is broken"}`;
  const rows = verdict.expectations
    .map(
      ({ name, wanted, found, holds }) =>
        `<tr class="${holds ? "holds" : "broken"}"><td>${holds ? "✓" : "✗"} ${escaped(name)}</td><td>${escaped(found)}</td><td>${escaped(wanted)}</td></tr>`,
    )
    .join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 840px; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .25rem 1rem .25rem 0; }
.broken td { color: light-dark(#b3261e, #ff897d); font-weight: 600; }
pre { overflow-x: auto; padding: 1rem; background: light-dark(#f4f4f2, #222); border-radius: 6px; }
svg { width: 100%; height: auto; } text { font-size: 11px; fill: currentColor; } .grid { stroke: currentColor; opacity: .15; }
.fault { stroke: #b3261e; stroke-dasharray: 3 3; }
</style></head><body>
<h1>${escaped(title)}</h1>
<p>Begun ${escaped(verdict.beganAt)}; ${verdict.devices} devices; ${verdict.seconds.toFixed(1)} s.</p>
<table><thead><tr><th>Expectation</th><th>Found</th><th>Expected</th></tr></thead><tbody>
${rows}
</tbody></table>
${chart("Messages a second", verdict, moments, [
  { name: "sent", color: "#3b76d6", value: ({ sent }) => sent },
  { name: "acknowledged", color: "#2e9e5b", value: ({ acked }) => acked },
])}
${chart("Milliseconds from due to acknowledged", verdict, moments, [
  { name: "p50", color: "#3b76d6", value: ({ ackP50 }) => ackP50 },
  { name: "p99", color: "#d6733b", value: ({ ackP99 }) => ackP99 },
])}
${chart("Connections", verdict, moments, [{ name: "connected", color: "#7a52c7", value: ({ connected }) => connected }])}
${chart("Messages under way", verdict, moments, [{ name: "under way", color: "#b23b7a", value: ({ pending }) => pending }])}
<h2>Verdict</h2>
<pre>${escaped(describeVerdict(verdict))}</pre>
</body></html>
`;
}

function chart(
  title: string,
  { faults = [] }: FleetVerdict,
  moments: readonly Moment[],
  lines: readonly Line[],
): string {
  if (moments.length < 2) return "";
  const last = moments.at(-1)!.seconds;
  const most = Math.max(1, ...moments.flatMap((moment) => lines.map(({ value }) => value(moment))));
  const x = (seconds: number): string => (left + ((width - left) * seconds) / last).toFixed(1);
  const y = (value: number): string => (height - bottom - ((height - bottom - 12) * value) / most).toFixed(1);
  const paths = lines.map(({ color, value }) => {
    const points = moments.map((moment) => `${x(moment.seconds)},${y(value(moment))}`).join(" ");
    return `<polyline fill="none" stroke="${color}" stroke-width="1.5" points="${points}"/>`;
  });
  const grid = [0, 0.5, 1].map((share) => {
    const at = y(most * share);
    const label = (most * share).toLocaleString("en", { maximumFractionDigits: most < 10 ? 2 : 0 });
    return `<line class="grid" x1="${left}" x2="${width}" y1="${at}" y2="${at}"/><text x="0" y="${at}">${label}</text>`;
  });
  const marks = faults
    .filter(({ seconds }) => seconds <= last)
    .map(({ seconds, text }) => {
      const at = x(seconds);
      return `<line class="fault" x1="${at}" x2="${at}" y1="12" y2="${height - bottom}"><title>${escaped(text)}</title></line>`;
    });
  const legend = lines.map(
    ({ name, color }, i) => `<text x="${left + 110 * i}" y="${height - 6}" style="fill:${color}">${name}</text>`,
  );
  const end = `<text x="${width}" y="${height - 6}" text-anchor="end">${last} s</text>`;
  return `<h2>${escaped(title)}</h2>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)} over the run">${grid.join("")}${marks.join("")}${paths.join("")}${legend.join("")}${end}</svg>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)!};`);
}
