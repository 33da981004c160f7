import type uPlot from "uplot";
import { colorOf } from "./plot-marks.ts";

/** A time in one state (ms since the epoch). */
export interface StateSpan {
  readonly state: string;
  readonly from: number;
  readonly to: number;
}

export interface Lane {
  readonly name: string;
  /** Oldest first. */
  readonly spans: readonly StateSpan[];
  /** There are more, later ones, than are drawn. */
  readonly isCut?: boolean;
}

const nameHeight = 20;
const bandHeight = 22;
/** Height of a lane, its name and the room below. */
export const laneRoom = nameHeight + bandHeight + 8;
const textRoom = 6;
const mostText = 80;

/** States that say by themselves whether they are good. */
const known: Readonly<Record<string, string>> = {
  connected: "good",
  disconnected: "critical",
  on: "accent",
  off: "strong-line",
};
const faults = /fault|fail|error|alarm/i;
const others = ["accent", "warning", "good", "muted"];

/** The same color for the same state wherever it is drawn. */
function lookOf(state: string): string {
  const look = known[state];
  if (look !== undefined) return look;
  if (faults.test(state)) return "critical";
  let sum = 0;
  for (let at = 0; at < state.length; at += 1) sum = (sum * 31 + state.charCodeAt(at)) >>> 0;
  return others[sum % others.length]!;
}

export function stateAt({ spans }: Lane, t: number): StateSpan | undefined {
  return spans.findLast(({ from, to }) => from <= t && t <= to);
}

/** Draws each lane as its name above a band of states, with their names where there is room. */
export function drawLanes(plot: uPlot, lanes: readonly Lane[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const font = getComputedStyle(plot.root).fontFamily;
  const text = colorOf(plot.root, "text");
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.font = `${12 * ratio}px ${font}`;
  for (const [index, { name, spans, isCut }] of lanes.entries()) {
    const top = bbox.top + index * laneRoom * ratio;
    ctx.fillStyle = colorOf(plot.root, "muted");
    const title = name.slice(0, mostText) + (isCut === true ? " (changes too often to be drawn whole: zoom in)" : "");
    ctx.fillText(title, bbox.left, top + (nameHeight / 2) * ratio);
    for (const { state, from, to } of spans) {
      const left = Math.max(plot.valToPos(from / 1_000, "x", true), bbox.left);
      const right = Math.min(plot.valToPos(to / 1_000, "x", true), bbox.left + bbox.width);
      const width = Math.max(right - left, ratio);
      const y = top + nameHeight * ratio;
      const color = colorOf(plot.root, lookOf(state));
      ctx.globalAlpha = 0.28;
      ctx.fillStyle = color;
      ctx.fillRect(left, y, width, bandHeight * ratio);
      ctx.globalAlpha = 1;
      ctx.fillRect(left, y, Math.min(2 * ratio, width), bandHeight * ratio);
      const label = state.slice(0, mostText);
      if (ctx.measureText(label).width + 2 * textRoom * ratio > width) continue;
      ctx.fillStyle = text;
      ctx.fillText(label, left + textRoom * ratio, y + (bandHeight / 2) * ratio);
    }
  }
  ctx.restore();
}
