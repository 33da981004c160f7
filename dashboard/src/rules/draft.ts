import { type Document, isCollection, isMap, isNode, LineCounter, parseDocument, stringify } from "yaml";

export type Path = readonly (string | number)[];

/** Something that is wrong with a draft, or worth a word, with its line in the text if it has one. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
  readonly line: number;
}

/** A rule as it is being written: the text is what counts, form and plot change it in their places. */
export interface Draft {
  readonly text: string;
  /** Undefined while the text is no YAML, or no map. */
  readonly definition: Readonly<Record<string, unknown>> | undefined;
  readonly faults: readonly Fault[];
}

/** In this order a person would write the parts of a rule, and those of its conditions. */
const order = [
  ..."id name description labels annotations selector types tags ids attributes not condition derive".split(" "),
  ..."all any expression metric absent window rate change relativeTo other attribute aggregate where".split(" "),
  ..."op threshold above below between outside equals in changesTo clearBelow clearAbove clearWithin".split(" "),
  ..."info warning critical for times clearFor severity noData wait lateness schedule flapping actions".split(" "),
];

const options = { version: "1.2", prettyErrors: false } as const;

export function parseDraft(text: string): Draft {
  const { document, lines } = parsed(text);
  const faults = document.errors.map(({ message, pos }) => ({
    pointer: "",
    detail: message,
    line: lines.linePos(pos[0]).line,
  }));
  const unreadable = (detail: string): Draft => ({
    text,
    definition: undefined,
    faults: [{ pointer: "", detail, line: 1 }],
  });
  if (faults.length > 0) return { text, definition: undefined, faults };
  if (!isMap(document.contents)) return unreadable("This has to be a map of its parts, like `id: a-name`.");
  try {
    return { text, definition: document.toJS() as Record<string, unknown>, faults };
  } catch (error) {
    // Aliases that would unfold into more than anybody writes.
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** The draft with another value at a place, its comments kept; undefined takes the place away. */
export function withValue(draft: Draft, path: Path, value: unknown): Draft {
  const { document } = parsed(draft.text);
  if (draft.definition === undefined || document.errors.length > 0) return draft;
  if (value === undefined) take(document, path);
  else put(document, path, value);
  return parseDraft(String(document));
}

/** Takes a part away, and what is empty around it then: what a form leaves empty is not there. */
function take(document: Document, path: Path): void {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  for (let length = path.length - 1; length > 0; length -= 1) {
    const above = document.getIn(path.slice(0, length));
    if (!isMap(above) || above.items.length > 0) return;
    document.deleteIn(path.slice(0, length));
  }
}

/** A scalar that stands where a part has to have parts of its own makes room for them. */
function put(document: Document, path: Path, value: unknown): void {
  for (let length = 1; length < path.length; length += 1) {
    if (isCollection(document.getIn(path.slice(0, length), true))) continue;
    const rest = path.slice(length).reduceRight<unknown>((part, step) => ({ [step]: part }), value);
    document.setIn(path.slice(0, length), document.createNode(rest));
    return;
  }
  document.setIn(path, document.createNode(value));
}

/** A stored rule as a person would have written it: its parts in the order in which they are read. */
export function draftOf(definition: Readonly<Record<string, unknown>>): Draft {
  return parseDraft(stringify(ordered(definition), { lineWidth: 100 }));
}

function ordered(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(ordered);
  if (typeof part !== "object" || part === null) return part;
  const rank = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  const entries = Object.entries(part).toSorted(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(entries.map(([key, each]) => [key, ordered(each)]));
}

/** The line of what a JSON pointer names, or of the nearest part around it that is there. */
export function lineOf({ text }: Draft, pointer: string): number {
  const { document, lines } = parsed(text);
  const steps = pathOf(pointer);
  for (let length = steps.length; length > 0; length -= 1) {
    const path = steps.slice(0, length);
    const above = document.getIn(path.slice(0, -1), true);
    const pair = isMap(above) ? above.items.find(({ key }) => String(key) === String(path.at(-1))) : undefined;
    const node = pair === undefined ? document.getIn(path, true) : pair.key;
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** The steps of a JSON pointer; numbers where they count an item. */
export function pathOf(pointer: string): Path {
  const steps = pointer.split("/").slice(1);
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll("~1", "/").replaceAll("~0", "~")));
}

export function pointerOf(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

function parsed(text: string): { document: Document; lines: LineCounter } {
  const lines = new LineCounter();
  return { document: parseDocument(text, { ...options, lineCounter: lines }), lines };
}
