import type uPlot from "uplot";

type Select = (from: number, to: number) => void;

/**
 * The crosshair of a plot, shared by all plots of its group. Where something may be selected, a drag over any of them
 * shows in all, and tells of its two ends once (ms since the epoch).
 */
export function crosshair(group: string | undefined, onSelect: (() => Select | undefined) | undefined) {
  const cursor: uPlot.Cursor = {
    drag: { x: onSelect !== undefined, y: false, setScale: false },
    y: false,
    points: { show: true },
    ...(group !== undefined && { sync: { key: group, scales: ["x", null] } }),
  };
  // The plots of a group take part in each other's drags; the one under the pointer tells.
  let isSource = false;
  const hooks: uPlot.Hooks.Arrays = {
    ready: [(plot) => plot.over.addEventListener("mousedown", () => (isSource = true))],
    setSelect: [
      (plot) => {
        const { left, width } = plot.select;
        if (width === 0) return;
        if (isSource) onSelect?.()?.(plot.posToVal(left, "x") * 1_000, plot.posToVal(left + width, "x") * 1_000);
        isSource = false;
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      },
    ],
  };
  return { cursor, hooks };
}
