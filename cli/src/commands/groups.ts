import type { AnswerOf, ApiClient } from "@headwater/client";
import { columns, shown } from "../text/columns.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { didYouMean } from "./did-you-mean.ts";
import { filterOptions, filterUsage, fleetParameters } from "./fleet-options.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater groups: filters of devices under a name, for --group of devices and query

  list               the groups and their filters (also without a word)
  save NAME          saves the filter under that name, or changes what is there
  delete NAME…       forgets it; its devices stay

${connectionUsage}
${filterUsage}
  --json             the answer as JSON`;

const options = { ...connectionOptions, ...filterOptions, json: { type: "boolean", default: false } } as const;
const actions = ["list", "save", "delete"];

type Values = ReturnType<typeof parseOptions<typeof options>>["values"];
type Group = AnswerOf<"GET", "/api/v1/groups/{id}">;

export const groupsCommand: Command = {
  name: "groups",
  summary: "filters of devices under a name",
  async run(args, { env }) {
    const { values, positionals } = parseOptions("groups", args, options, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const [action = "list", ...names] = positionals;
    if (!actions.includes(action)) {
      throw new UsageError(`headwater groups takes ${actions.join(", ")}, not ${action}${didYouMean(action, actions)}`);
    }
    const fits = action === "save" ? names.length === 1 : names.length > 0 === (action === "delete");
    if (!fits) {
      const wanted = { save: "one name", delete: "the names of groups" }[action] ?? "no names";
      throw new UsageError(`headwater groups ${action} takes ${wanted}. See headwater groups --help`);
    }
    const filter = fleetParameters(values);
    if (action !== "save" && Object.keys(filter).length > 0) {
      throw new UsageError("A filter is of save. See headwater groups --help");
    }
    const api = connect(values, env);
    if (action === "list") await list(api, values);
    else if (action === "save") await save(api, names[0]!, filter, values);
    else for (const id of names) await forget(api, id, values);
    return 0;
  },
};

async function list(api: ApiClient, values: Values): Promise<void> {
  const groups: Group[] = [];
  for (let cursor: string | undefined, isMore = true; isMore;) {
    const query = { limit: 1000, ...(cursor !== undefined && { cursor }) };
    const { items, next } = await api.call("GET", "/api/v1/groups", { query });
    groups.push(...items);
    cursor = next ?? undefined;
    isMore = next !== null;
  }
  if (values.json) console.log(JSON.stringify({ items: groups }, null, 2));
  else if (groups.length === 0) console.log("There are no device groups; headwater groups save makes one");
  else {
    console.log(
      columns(groups.map(({ id, filter, updatedBy }) => [id, shown(JSON.stringify(filter)), `by ${updatedBy}`])),
    );
  }
}

async function save(
  api: ApiClient,
  id: string,
  given: ReturnType<typeof fleetParameters>,
  values: Values,
): Promise<void> {
  const { group: _group, ...filter } = given;
  const saved = await api.call("PUT", "/api/v1/groups/{id}", { path: { id }, body: { filter } });
  console.log(values.json ? JSON.stringify(saved, null, 2) : `${shown(id)} is saved`);
}

async function forget(api: ApiClient, id: string, values: Values): Promise<void> {
  const answer = await api.call("DELETE", "/api/v1/groups/{id}", { path: { id } });
  console.log(values.json ? JSON.stringify(answer) : `${shown(id)} is deleted`);
}
