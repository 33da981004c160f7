import { expect, it } from "vitest";
import { episodesOf } from "./episodes-of.ts";
import type { Findings } from "./use-backtest.ts";

const episode = (device: string, minute: number) => ({
  device,
  raisedAt: `2026-11-28T08:${String(minute).padStart(2, "0")}:00.000000Z`,
  severity: "warning",
});

const findings = (against: object | undefined): Findings =>
  ({
    backtest: { against },
    episodes: [episode("a", 1), episode("a", 5), episode("b", 2)],
    differences: [
      { kind: "moved", device: "a", episode: episode("a", 5), against: episode("a", 4) },
      { kind: "gone", device: "c", against: episode("c", 3) },
    ],
    isCut: false,
  }) as unknown as Findings;

it("tells the live revision's episodes from the draft's and from where they differ", () => {
  const found = episodesOf(findings({ id: "x", revision: 1 }));
  const minutes = found.map(({ device, draft, live }) => [
    device,
    draft.map(({ raisedAt }) => raisedAt.slice(14, 16)),
    live!.map(({ raisedAt }) => raisedAt.slice(14, 16)),
  ]);
  expect(minutes).toEqual([
    ["a", ["01", "05"], ["01", "04"]],
    ["c", [], ["03"]],
    ["b", ["02"], ["02"]],
  ]);
});

it("has none of a live revision where there is none", () => {
  expect(episodesOf(findings(undefined)).every(({ live }) => live === undefined)).toBe(true);
});
