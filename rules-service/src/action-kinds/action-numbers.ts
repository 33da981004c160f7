import { createHash } from "node:crypto";
import { canonicalJson } from "../language/canonical.ts";
import type { NormalAction } from "./kinds.ts";

/** Places in a rule's list are below it; what goes by its content is not. */
const mostPlaces = 16;

/**
 * What each action of a rule is called in ids, whatever the others are and in whichever order they stand: a number that
 * comes from what it does and what it answers, and tells several that are alike apart. How often it is done again is no
 * part of it, so that repetitions go on counting at another pace. `byPlace`: a revision that 0.1 wrote calls them by
 * their places, which the ids of its open alerts have.
 */
export function actionNumbers(actions: readonly NormalAction[], byPlace = false): readonly number[] {
  if (byPlace) return actions.map((_, place) => place);
  const numbers = actions.map(() => 0);
  const alike = new Map<string, number>();
  const whole = actions.map((action) => canonicalJson(action));
  const order = [...actions.keys()].toSorted((a, b) =>
    whole[a]! < whole[b]! ? -1 : whole[a]! > whole[b]! ? 1 : a - b,
  );
  for (const place of order) {
    const content = contentOf(actions[place]!);
    const before = alike.get(content) ?? 0;
    alike.set(content, before + 1);
    const digest = createHash("sha256").update(`${content}/${before}`).digest();
    numbers[place] = mostPlaces + (digest.readUInt32BE(0) % (2 ** 32 - mostPlaces));
  }
  return numbers;
}

/**
 * What an action does and answers, but not how often. What a later version adds to actions has to be absent, or
 * undefined, where an action of before does not name it: else that would be another one.
 */
export function contentOf(action: NormalAction): string {
  return canonicalJson({ ...action, repeat: undefined, repeatAcknowledged: undefined });
}
