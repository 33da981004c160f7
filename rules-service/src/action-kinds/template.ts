import { isoFromMicros } from "@headwater/core";
import { pointerTo, type Problems } from "../language/problems.ts";
import type { Occasion } from "./delivery.ts";

/** What an annotation may name, and what stands for it. */
const placeholders: Readonly<Record<string, (occasion: Told) => string | number>> = {
  "device.id": ({ device }) => device,
  "alert.id": ({ alert }) => alert,
  "rule.id": ({ rule }) => rule.id,
  "rule.name": ({ rule }) => rule.name,
  "rule.revision": ({ rule }) => rule.revision,
  severity: ({ severity }) => severity,
  metric: ({ metric }) => metric,
  value: ({ metric, value }) => (metric === "" ? "" : value),
  threshold: ({ metric, threshold, value }) => (metric === "" || typeof value === "string" ? "" : threshold),
  reason: ({ reason }) => reason ?? "",
  trigger: ({ trigger }) => trigger,
  repetition: ({ repetition }) => repetition,
  raisedAt: ({ raisedAt }) => isoFromMicros(raisedAt),
  clearedAt: ({ clearedAt }) => (clearedAt === undefined ? "" : isoFromMicros(clearedAt)),
  cause: ({ cause }) => cause,
  by: ({ by }) => by,
  comment: ({ comment }) => comment,
};

export type Told = Omit<Occasion, "annotations">;
type Texts = Readonly<Record<string, string>>;

/** Longest annotation that is sent, in characters. */
const longest = 4000;
const pattern = /\{\{([^{}]*)\}\}/g;
const label = /^labels\.(.+)$/;

/** Annotations of a rule that somebody saves: a placeholder that nothing will ever fill is a mistake. */
export function checkAnnotations(annotations: Texts, labels: Texts, pointer: string, problems: Problems): void {
  for (const [key, text] of Object.entries(annotations)) {
    const at = pointerTo(pointer, key);
    const rest = text.replaceAll(pattern, (_all, inner: string) => {
      const name = inner.trim();
      const wanted = label.exec(name)?.[1];
      if (wanted !== undefined && !Object.hasOwn(labels, wanted)) {
        problems.add(at, `names {{${name}}}, and the rule has no label ${wanted}; add it to labels, or remove this`);
      } else if (wanted === undefined && !Object.hasOwn(placeholders, name)) {
        const known = Object.keys(placeholders).join(", ");
        problems.add(at, `names {{${name}}}, which there is not; choose from ${known} and labels.NAME`);
      }
      return "";
    });
    if (rest.includes("{{")) problems.add(at, "opens a placeholder that does not end; write it like {{device.id}}");
  }
}

/**
 * Annotations with everything filled in, once: what a value says is text, whatever it looks like. It is for a format to
 * see to it that it is read as text. What nothing fills stays as it is written.
 */
export function filled(annotations: Texts, told: Told): Texts {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, text]) => {
      const whole = text.replaceAll(pattern, (written, inner: string) => {
        const name = inner.trim();
        const wanted = label.exec(name)?.[1];
        if (wanted !== undefined) return Object.hasOwn(told.labels, wanted) ? told.labels[wanted]! : written;
        return Object.hasOwn(placeholders, name) ? String(placeholders[name]!(told)) : written;
      });
      return [key, whole.length > longest ? `${whole.slice(0, longest - 1).toWellFormed()}…` : whole];
    }),
  );
}
