/** The places of the flow, and what goes from one to another. */
export const places = ["devices", "gateway", "log", "store", "rules", "alerts", "quarantine"] as const;
export type Place = (typeof places)[number];

export const ways: readonly (readonly [from: Place, to: Place])[] = [
  ["devices", "gateway"],
  ["gateway", "log"],
  ["log", "store"],
  ["log", "rules"],
  ["rules", "alerts"],
  ["gateway", "quarantine"],
  ["log", "quarantine"],
];

export interface Plan {
  readonly width: number;
  readonly height: number;
  readonly at: Readonly<Record<Place, readonly [x: number, y: number]>>;
}

export const boxWidth = 170;
export const boxHeight = 74;

/** From left to right. */
export const widePlan: Plan = {
  width: 1_180,
  height: 330,
  at: {
    devices: [5, 40],
    gateway: [255, 40],
    log: [505, 40],
    store: [755, 40],
    rules: [755, 145],
    alerts: [1_005, 145],
    quarantine: [380, 250],
  },
};

/** From top to bottom, for a phone. */
export const narrowPlan: Plan = {
  width: 380,
  height: 640,
  at: {
    devices: [205, 5],
    gateway: [205, 135],
    log: [205, 265],
    store: [5, 420],
    rules: [205, 420],
    alerts: [205, 555],
    quarantine: [5, 265],
  },
};

interface Way {
  readonly d: string;
  /** Where what is said of it stands: over its middle where it lies flat, else from here to the right. */
  readonly x: number;
  readonly y: number;
  readonly isFlat: boolean;
}

/** A line from one place's edge to the other's. */
export function wayOf({ at }: Plan, from: Place, to: Place): Way {
  const [x1, y1] = at[from];
  const [x2, y2] = at[to];
  const isAcross = x2 >= x1 + boxWidth || y1 === y2;
  const [startX, startY] = isAcross
    ? [x2 > x1 ? x1 + boxWidth : x1, y1 + boxHeight / 2]
    : [x1 + boxWidth / 2, y1 + boxHeight];
  const [endX, endY] = isAcross ? [x2 > x1 ? x2 : x2 + boxWidth, y2 + boxHeight / 2] : [x2 + boxWidth / 2, y2];
  const [middleX, middleY] = [(startX + endX) / 2, (startY + endY) / 2];
  const bend = isAcross ? `${middleX} ${startY} ${middleX} ${endY}` : `${startX} ${middleY} ${endX} ${middleY}`;
  const d = `M${startX} ${startY} C${bend} ${endX} ${endY}`;
  if (isAcross && y1 === y2) return { d, x: middleX, y: middleY - 8, isFlat: true };
  // One that swings to the left is nearly flat in its middle, and leaves room below.
  return { d, x: middleX + 10, y: middleY + (endX < startX ? 20 : 5), isFlat: false };
}
