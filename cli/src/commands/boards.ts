import type { AnswerOf, ApiClient, Schemas } from "@headwater/client";
import { stringify } from "yaml";
import { FilesError } from "../files/errors.ts";
import { type FileEntry, readEntries } from "../files/yaml-files.ts";
import { columns, shown } from "../text/columns.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater boards: pages of charts, values and tables, as files

  list               the boards there are (also without a word)
  show ID…           boards as YAML, as apply takes them
  validate FILE…     whether the boards of the files would be taken, and if not, what is wrong in which line
  apply FILE…        makes or changes boards so that they are as the files say; nothing if one of them is wrong
  delete ID…         one that came with the platform is as it came again

${connectionUsage}
  --json             the answer as JSON

FILE is YAML or JSON with a board in each document, a folder of such files, or - for standard input. A board has an id.`;

const options = { ...connectionOptions, json: { type: "boolean", default: false } } as const;
const actions = ["list", "show", "validate", "apply", "delete"] as const;
type Action = (typeof actions)[number];
type Board = AnswerOf<"GET", "/api/v1/boards/{id}">;
type Listed = AnswerOf<"GET", "/api/v1/boards">["items"][number];

export const boardsCommand: Command = {
  name: "boards",
  summary: "pages of charts, values and tables: list, show, validate, apply, delete",
  async run(args, { env }) {
    const { values, positionals } = parseOptions("boards", args, options, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const [word = "list", ...names] = positionals;
    const action = actions.find((each) => each === word);
    if (action === undefined) {
      throw new UsageError(`headwater boards takes ${actions.join(", ")}, not ${word}${didYouMean(word, actions)}`);
    }
    if (names.length > 0 === (action === "list")) {
      const wanted = action === "list" ? "no names" : action === "show" || action === "delete" ? "ids" : "files";
      throw new UsageError(`headwater boards ${action} takes ${wanted}. See headwater boards --help`);
    }
    await run(action, connect(values, env), names, values.json);
    return 0;
  },
};

async function run(action: Action, api: ApiClient, names: readonly string[], asJson: boolean): Promise<void> {
  if (action === "list") return list(api, asJson);
  if (action === "show") return show(api, names, asJson);
  if (action === "delete") {
    for (const id of names) {
      const answer = await api.call("DELETE", "/api/v1/boards/{id}", { path: { id } });
      console.log(asJson ? JSON.stringify(answer) : `${shown(id)} is deleted`);
    }
    return undefined;
  }
  const boards = await checked(api, readEntries(names));
  if (action === "validate") {
    const ids = boards.map(({ id }) => id);
    console.log(asJson ? JSON.stringify({ valid: true, boards: ids }, null, 2) : `${boards.length} valid`);
    return undefined;
  }
  for (const { id, board } of boards) {
    const saved = await api.call("PUT", "/api/v1/boards/{id}", { path: { id }, body: board });
    const isChanged = saved.position !== undefined;
    console.log(asJson ? JSON.stringify(saved) : `${shown(id)} ${isChanged ? "is saved" : "is the same"}`);
  }
  return undefined;
}

async function list(api: ApiClient, asJson: boolean): Promise<void> {
  const boards: Listed[] = [];
  for (let cursor: string | undefined, isMore = true; isMore;) {
    const query = { limit: 1000, ...(cursor !== undefined && { cursor }) };
    const { items, next } = await api.call("GET", "/api/v1/boards", { query });
    boards.push(...items);
    cursor = next ?? undefined;
    isMore = next !== null;
  }
  if (asJson) console.log(JSON.stringify({ items: boards }, null, 2));
  else {
    const rows = boards.map(({ id, title, builtIn, updatedBy }) => [
      ...[id, shown(title), builtIn ? "came with the platform" : `by ${updatedBy}`],
    ]);
    console.log(columns(rows));
  }
}

async function show(api: ApiClient, ids: readonly string[], asJson: boolean): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const board: Board = await api.call("GET", "/api/v1/boards/{id}", { path: { id } });
    if (asJson) console.log(JSON.stringify(board, null, 2));
    else process.stdout.write(`${index === 0 ? "" : "---\n"}${stringify(board.definition, { lineWidth: 120 })}`);
  }
}

interface FileBoard {
  readonly id: string;
  readonly board: Schemas["BoardDefinition"];
}

/** Asks of all boards before one is written. Throws FilesError with the line of every fault. */
async function checked(api: ApiClient, entries: readonly FileEntry[]): Promise<FileBoard[]> {
  const faults: string[] = [];
  const boards: FileBoard[] = [];
  const places = new Map<string, string>();
  for (const { value, place } of entries) {
    const { errors } = await api.request<AnswerOf<"POST", "/api/v1/boards/validate">>(
      ...(["POST", "/api/v1/boards/validate", value] as const),
    );
    faults.push(...errors.map(({ pointer, detail }) => `${place(pointer)}: ${pointer} ${detail}`));
    if (errors.length > 0) continue;
    const board = value as Schemas["BoardDefinition"];
    const { id } = board;
    if (id === undefined) {
      faults.push(`${place("")}: /id is missing; a board in a file needs one, like id: boiler-room`);
      continue;
    }
    const other = places.get(id);
    if (other !== undefined) faults.push(`${place("")}: there is a board ${id} at ${other} already; remove one`);
    places.set(id, place(""));
    boards.push({ id, board });
  }
  if (faults.length > 0) throw new FilesError(faults.map(shown).join("\n"));
  if (boards.length === 0) throw new FilesError("There is no board in these files");
  return boards;
}
