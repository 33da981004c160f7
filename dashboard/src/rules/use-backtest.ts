import type { AnswerOf } from "@headwater/client";
import { useEffect, useState } from "react";
import { api } from "../data/api.ts";

export type Backtest = AnswerOf<"GET", "/api/v1/backtests/{id}">;
export type Episode = Backtest["episodes"][number];
export type Difference = NonNullable<Backtest["difference"]>["items"][number];

/** What a backtest has found, as far as the page shows it. */
export interface Findings {
  readonly backtest: Backtest;
  readonly episodes: readonly Episode[];
  readonly differences: readonly Difference[];
  /** More episodes or differences are there than were fetched. */
  readonly isCut: boolean;
}

export interface BacktestState {
  readonly progress: number | undefined;
  readonly findings: Findings | undefined;
  readonly problem: string | undefined;
}

const restMs = 350;
const mostEpisodes = 1_000;
const endings = ["done", "failed", "cancelled"] as const;

async function found(id: string): Promise<Findings> {
  const input = { path: { id }, query: { limit: mostEpisodes } };
  const backtest = await api.call("GET", "/api/v1/backtests/{id}", { path: { id } });
  const episodes = await api.call("GET", "/api/v1/backtests/{id}/episodes", input);
  const differences =
    backtest.difference === undefined ? undefined : await api.call("GET", "/api/v1/backtests/{id}/differences", input);
  const isCut = [episodes, differences].some((page) => page?.items.length === mostEpisodes);
  return { backtest, episodes: episodes.items, differences: differences?.items ?? [], isCut };
}

/** Waits for a backtest's end, which the platform tells. */
function ended(id: string, onProgress: (progress: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(`/api/v1/backtests/${id}`);
    const end = (settle: () => void): void => {
      source.close();
      settle();
    };
    source.addEventListener("progress", ({ data }: MessageEvent<string>) => {
      onProgress((JSON.parse(data) as { progress: number }).progress);
    });
    for (const name of endings) source.addEventListener(name, () => end(resolve));
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) end(() => reject(new Error("The backtest's progress was cut off")));
    });
    signal.addEventListener("abort", () => end(resolve));
  });
}

/**
 * Tries a definition on the log as soon as it rests. One is under way at a time: another definition cancels the one
 * before it, and what the page alone wanted to know is forgotten afterwards. What was found stays in sight meanwhile.
 */
export function useBacktest(definition: object | undefined, from: string, to: string): BacktestState {
  const [state, setState] = useState<BacktestState>({ progress: undefined, findings: undefined, problem: undefined });
  const wanted = definition === undefined ? undefined : JSON.stringify(definition);
  useEffect(() => {
    if (wanted === undefined) {
      setState((before) => ({ ...before, progress: undefined }));
      return undefined;
    }
    const over = new AbortController();
    const tell = (next: Partial<BacktestState>): void => {
      if (!over.signal.aborted) setState((before) => ({ ...before, ...next }));
    };
    const run = async (): Promise<void> => {
      tell({ progress: 0, problem: undefined });
      // Not kept, so that it ends with the tab, too.
      const request = { rule: JSON.parse(wanted) as object, from, to, keep: false };
      const { id } = await api.request<Backtest>("POST", "/api/v1/backtests", request);
      try {
        if (!over.signal.aborted) await ended(id, (progress) => tell({ progress }), over.signal);
        if (over.signal.aborted) return;
        const findings = await found(id);
        const { state: end, error } = findings.backtest;
        tell(
          end === "done"
            ? { findings, progress: undefined }
            : { problem: error ?? `It was ${end}.`, progress: undefined },
        );
      } finally {
        await api.request("DELETE", `/api/v1/backtests/${id}`);
      }
    };
    const timer = setTimeout(() => {
      run().catch((error: Error) => tell({ problem: error.message, progress: undefined }));
    }, restMs);
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, [wanted, from, to]);
  return state;
}
