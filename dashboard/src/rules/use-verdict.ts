import type { AnswerOf } from "@headwater/client";
import { useEffect, useState } from "react";
import { api } from "../data/api.ts";
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

/** What the platform says of a draft, once it has rested. */
export function useVerdict(draft: Draft, path = "/api/v1/rules/validate"): Judged | undefined {
  const [judged, setJudged] = useState<Judged>();
  useEffect(() => {
    const { definition, faults, text } = draft;
    if (definition === undefined) {
      setJudged({ text, isValid: false, faults, warnings: [] });
      return undefined;
    }
    let isOver = false;
    const timer = setTimeout(() => {
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
    }, restMs);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [draft, path]);
  return judged;
}
