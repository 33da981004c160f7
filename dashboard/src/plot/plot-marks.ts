import type uPlot from "uplot";

export type Look = "accent" | "good" | "warning" | "critical" | "muted";

/** A stretch of time that something held, as an episode of an alert. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly look: Look;
  /** Shown where the crosshair is in it. */
  readonly name?: string;
  /** Bands of another lane are told apart as strips at the top of the plot; those of none fill it. */
  readonly lane?: number;
}

/** A reading that matters. */
export interface Mark {
  readonly t: number;
  readonly value: number;
  readonly look: Look;
}

const laneHeight = 8;
const laneGap = 3;

export function colorOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(`--${name}`).trim();
}

/** The same stretches, of which those without a lane that look alike are one where they overlap: one tint of it. */
export function apart(bands: readonly Band[]): readonly Band[] {
  const merged: Band[] = [];
  const last = new Map<Look, number>();
  for (const band of bands.toSorted((one, other) => one.from - other.from)) {
    const at = band.lane === undefined ? last.get(band.look) : undefined;
    const before = at === undefined ? undefined : merged[at]!;
    if (before !== undefined && band.from <= before.to) merged[at!] = { ...before, to: Math.max(before.to, band.to) };
    else {
      if (band.lane === undefined) last.set(band.look, merged.length);
      merged.push(band);
    }
  }
  return merged;
}

/** Draws bands below the series. */
export function drawBands(plot: uPlot, bands: readonly Band[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { from, to, look, lane } of apart(bands)) {
    const left = plot.valToPos(from / 1_000, "x", true);
    const right = Math.max(plot.valToPos(to / 1_000, "x", true), left + 2 * ratio);
    ctx.fillStyle = colorOf(plot.root, look);
    ctx.globalAlpha = lane === undefined ? 0.14 : 0.9;
    if (lane === undefined) ctx.fillRect(left, bbox.top, right - left, bbox.height);
    else {
      const top = bbox.top + (2 + lane * (laneHeight + laneGap)) * ratio;
      ctx.fillRect(left, top, right - left, laneHeight * ratio);
    }
  }
  ctx.restore();
}

/** Draws marks above the series. */
export function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  for (const { t, value, look } of marks) {
    ctx.beginPath();
    ctx.arc(plot.valToPos(t / 1_000, "x", true), plot.valToPos(value, "y", true), 4 * ratio, 0, 2 * Math.PI);
    ctx.fillStyle = colorOf(plot.root, look);
    ctx.strokeStyle = colorOf(plot.root, "raised");
    ctx.lineWidth = 1.5 * ratio;
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}
