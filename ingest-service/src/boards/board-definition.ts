import { InvalidRequestError, type SchemaProblem, schemaProblems } from "@headwater/service";
import {
  type BoardDefinition,
  boardFrameSchema,
  variablePattern,
  type WidgetKind,
  widgetSchemas,
} from "./board-schema.ts";

/** Of a board as JSON: an event of its own has to hold it. */
const maxCharacters = 65_536;
/** Names that the address of a board has for something else. */
const reservedVariables: ReadonlySet<string> = new Set(["span", "from", "to", "edit"]);
/** The path of something else below /api/v1/boards, and of the page where a new one is made. */
export const reservedBoardIds: ReadonlySet<string> = new Set(["validate", "new"]);

/**
 * The board that a body says, its `id` that of the path. Throws InvalidRequestError (400) with a pointer to every
 * problem.
 */
export function boardFrom(value: unknown, id: string): BoardDefinition {
  const problems = boardProblems(value);
  if (problems.length > 0) throw new InvalidRequestError("board", problems);
  const board = value as BoardDefinition;
  if (reservedBoardIds.has(id)) {
    throw new InvalidRequestError("board", [{ pointer: "/id", detail: `cannot be ${id}; choose another id` }]);
  }
  if (board.id !== undefined && board.id !== id) {
    const detail = `has to be ${id}, as in the path; leave it out`;
    throw new InvalidRequestError("board", [{ pointer: "/id", detail }]);
  }
  return board;
}

/** What is wrong with a board, and how to mend it; none: it would be taken. */
export function boardProblems(value: unknown): readonly SchemaProblem[] {
  const problems = [...schemaProblems(boardFrameSchema, value)];
  const widgets = memberOf(value, "widgets");
  if (Array.isArray(widgets)) {
    for (const [index, widget] of widgets.entries()) problems.push(...widgetProblems(widget, `/widgets/${index}`));
  }
  if (problems.length > 0) return problems.slice(0, 20);
  const board = value as BoardDefinition;
  const { length } = JSON.stringify(board);
  if (length > maxCharacters) {
    const detail = `has ${length} characters as JSON, and at most ${maxCharacters} are kept; make two boards of it`;
    return [{ pointer: "", detail }];
  }
  return referenceProblems(board).slice(0, 20);
}

function widgetProblems(widget: unknown, pointer: string): readonly SchemaProblem[] {
  const kind = memberOf(widget, "kind");
  const known = Object.keys(widgetSchemas);
  if (typeof widget !== "object" || widget === null || Array.isArray(widget)) {
    return [{ pointer, detail: `has to be a widget, like {kind: text, text: Hello}` }];
  }
  if (typeof kind !== "string" || !Object.hasOwn(widgetSchemas, kind)) {
    return [{ pointer: `${pointer}/kind`, detail: `has to be one of ${known.join(", ")}` }];
  }
  const found = schemaProblems(widgetSchemas[kind as WidgetKind], widget);
  return found.map(({ pointer: inside, detail }) => ({ pointer: pointer + inside, detail }));
}

/** What each part for itself does not show: names that are there twice or not at all, and parts that exclude others. */
function referenceProblems({ variables = [], widgets }: BoardDefinition): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const kinds = new Map<string, "device" | "group">();
  for (const [index, { name, kind, type }] of variables.entries()) {
    const pointer = `/variables/${index}`;
    if (kinds.has(name)) problems.push({ pointer: `${pointer}/name`, detail: `is there twice; rename one` });
    if (reservedVariables.has(name)) {
      problems.push({ pointer: `${pointer}/name`, detail: `is the time in a board's address; choose another name` });
    }
    if (kind === "group" && type !== undefined) {
      problems.push({ pointer: `${pointer}/type`, detail: "is of devices alone; leave it out" });
    }
    kinds.set(name, kind);
  }
  const refer = (text: string | undefined, kind: "device" | "group", pointer: string): void => {
    const name = text === undefined ? undefined : new RegExp(variablePattern).exec(text)?.[1];
    if (name === undefined || kinds.get(name) === kind) return;
    const known = [...kinds].filter(([, each]) => each === kind).map(([each]) => `$${each}`);
    const there = known.length === 0 ? "there is none" : `there is ${known.join(", ")}`;
    problems.push({ pointer, detail: `$${name} is no variable of the kind ${kind}; ${there}` });
  };
  const chosen = (part: Chosen, pointer: string, isOne: boolean): void => {
    refer(part.device, "device", `${pointer}/device`);
    refer(part.devices?.group, "group", `${pointer}/devices/group`);
    for (const what of ["tag", "attribute"] as const) {
      for (const [index, fact] of (part.devices?.[what] ?? []).entries()) {
        if (/^[^:]+:./s.test(fact)) continue;
        problems.push({ pointer: `${pointer}/devices/${what}/${index}`, detail: "has to be like name:value" });
      }
    }
    if ((part.device === undefined) === (part.devices === undefined)) {
      problems.push({ pointer, detail: "needs a device, or devices, and not both" });
    } else if (part.across !== undefined && part.devices === undefined) {
      problems.push({ pointer: `${pointer}/across`, detail: "is of devices; leave it out, or name devices" });
    } else if (isOne && part.devices !== undefined && part.across === undefined) {
      problems.push({ pointer, detail: "has devices, and one value needs across, like mean" });
    }
  };
  for (const [index, widget] of widgets.entries()) {
    const pointer = `/widgets/${index}`;
    if (widget.kind === "value") chosen(widget, pointer, true);
    if (widget.kind === "chart") {
      for (const [at, each] of widget.series.entries()) chosen(each, `${pointer}/series/${at}`, false);
    }
    if (widget.kind === "alerts") refer(widget.device, "device", `${pointer}/device`);
    if (widget.kind === "table") {
      chosen(widget, pointer, false);
      if (widget.devices !== undefined && widget.metrics === undefined) {
        problems.push({ pointer: `${pointer}/metrics`, detail: "is missing; give the metrics that are the columns" });
      }
    }
    if (widget.kind === "count") {
      chosen({ devices: widget.devices ?? {} }, pointer, false);
      if (widget.devices !== undefined && widget.of !== "devices") {
        problems.push({ pointer: `${pointer}/devices`, detail: "is of: devices alone; leave it out" });
      }
      if (widget.severity !== undefined && widget.of !== "alerts") {
        problems.push({ pointer: `${pointer}/severity`, detail: "is of: alerts alone; leave it out" });
      }
    }
  }
  return problems;
}

interface Chosen {
  readonly device?: string;
  readonly devices?: {
    readonly group?: string;
    readonly tag?: readonly string[];
    readonly attribute?: readonly string[];
  };
  readonly across?: string;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
