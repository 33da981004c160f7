import type { AnswerOf } from "@headwater/client";
import { useEffect, useState } from "react";
import { api, sessionChanges } from "../data/api.ts";
import { live } from "../data/live.ts";
import { type Draft, type Fault, lineOf } from "./draft.ts";

type Verdict = AnswerOf<"POST", "/api/v1/boards/validate"> & Partial<AnswerOf<"POST", "/api/v1/rules/validate">>;

const restMs = 300;

export interface Judged {
  /** The text that was judged; another one is being written meanwhile. */
  readonly text: string;
  readonly isValid: boolean;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** What the platform says of a draft, once it has rested, and anew when the platform or a session is back. */
export function useVerdict(draft: Draft, path = "/api/v1/rules/validate"): Judged | undefined {
  const [judged, setJudged] = useState<Judged>();
  useEffect(() => {
    const { definition, faults, text } = draft;
    if (definition === undefined) {
      setJudged({ text, isValid: false, faults, warnings: [] });
      return undefined;
    }
    let isOver = false;
    const judge = (): void => {
      api.request<Verdict>("POST", path, definition).then(
        ({ valid, errors, warnings = [] }) => {
          if (isOver) return;
          const placed = (each: { pointer: string; detail: string }) => ({
            ...each,
            line: lineOf(draft, each.pointer),
          });
          setJudged({ text, isValid: valid, faults: errors.map(placed), warnings: warnings.map(placed) });
        },
        (error: Error) => {
          if (!isOver) {
            setJudged({
              text,
              isValid: false,
              faults: [{ pointer: "", detail: error.message, line: 1 }],
              warnings: [],
            });
          }
        },
      );
    };
    const timer = setTimeout(judge, restMs);
    sessionChanges.addEventListener("begun", judge);
    const stop = live.onReturn(judge);
    return () => {
      isOver = true;
      clearTimeout(timer);
      sessionChanges.removeEventListener("begun", judge);
      stop();
    };
  }, [draft, path]);
  return judged;
}
