import { canonicalJson } from "../language/canonical.ts";
import type { Reading, Sample, Value } from "../readings/reading.ts";
import type { Subject } from "./subject.ts";

/** By what they are; one goes when no rule has it any more. */
const subjects = new Map<string, WeakRef<Subject<unknown>>>();
const unused = new FinalizationRegistry((key: string) => {
  if (subjects.get(key)?.deref() === undefined) subjects.delete(key);
});

/** Rules take the same sample in one after the other; states may differ between those that began at different times. */
const remembered = 4;

/**
 * The subject of this name, which has to tell all that it depends on. Rules that compare the same of a device, as those
 * with other thresholds do, have it in common: it is worked out once for them, and one state in memory stands for all.
 */
export function sharedSubject<S>(name: readonly unknown[], make: () => Subject<S>): Subject<S> {
  const key = canonicalJson(name);
  const known = subjects.get(key)?.deref();
  if (known !== undefined) return known as Subject<S>;
  const subject = remembering(make());
  subjects.set(key, new WeakRef(subject));
  unused.register(subject, key);
  return subject;
}

function remembering<S>(subject: Subject<S>): Subject<S> {
  const steps = new Answers<S, Sample>((state, sample) => subject.step(state, sample));
  const elapsed = new Answers<S, number>((state, time) => subject.elapse!(state, time));
  const runs = new Answers<S, readonly Reading[]>((state, readings) => subject.stepAll!(state, readings));
  let asked: S | undefined;
  let answer: Value | undefined;
  return {
    ...subject,
    step: (state, sample) => steps.of(state, sample),
    ...(subject.elapse !== undefined && { elapse: (state, time) => elapsed.of(state, time) }),
    ...(subject.stepAll !== undefined && { stepAll: (state, readings) => runs.of(state, readings) }),
    value(state) {
      if (state !== asked) [asked, answer] = [state, subject.value(state)];
      return answer;
    },
  };
}

/** The states after what came last. Equal ones become one, so that what a restart has read apart comes together. */
class Answers<S, I> {
  readonly #find: (state: S, input: I) => S;
  #input: I | undefined;
  /** So many of the lists, which are written over. */
  #count = 0;
  readonly #before: S[] = [];
  readonly #after: S[] = [];

  constructor(find: (state: S, input: I) => S) {
    this.#find = find;
  }

  of(state: S, input: I): S {
    if (input !== this.#input) {
      this.#input = input;
      this.#count = 0;
    }
    const known = Math.min(this.#count, remembered);
    for (let each = 0; each < known; each++) if (this.#before[each] === state) return this.#after[each]!;
    const next = this.#find(state, input);
    // What changes nothing stays the state that it was.
    const alike = next === state ? next : (this.#alike(next, known) ?? next);
    const place = this.#count % remembered;
    this.#before[place] = state;
    this.#after[place] = alike;
    this.#count += 1;
    return alike;
  }

  #alike(state: S, known: number): S | undefined {
    for (let each = 0; each < known; each++) if (isAlike(this.#after[each], state)) return this.#after[each];
    return undefined;
  }
}

/** Of plain data. */
export function isAlike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let place = 0; place < a.length; place++) if (!isAlike(a[place], b[place])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    const other = (b as Record<string, unknown>)[key];
    if (other === undefined && !Object.hasOwn(b, key)) return false;
    if (!isAlike((a as Record<string, unknown>)[key], other)) return false;
  }
  return true;
}
