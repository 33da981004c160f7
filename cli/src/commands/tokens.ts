import type { AnswerOf, ApiClient, InputOf } from "@headwater/client";
import { writeTokenFile } from "../influx/token-file.ts";
import { columns, shown } from "../text/columns.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater tokens: who may use the API

  list               tokens, their scopes, ends and last uses
  create NAME        makes one: --scope viewer, or several; printed once, or written to --file
  revoke NAME…       ends it: its sessions and the live streams that it opened, too
  whoami             who the token of this command is, and what it may do

${connectionUsage}
  --scope NAME       of create: a role (viewer, operator, admin) or a scope (rules:write); may be repeated
  --expires-in TIME  of create: it ends after that, like 90d; --expires-at, instead: ISO 8601
  --file FILE        of create: the token is written there, for this user alone, and not shown
  --json             the answer as JSON`;

const options = {
  ...connectionOptions,
  scope: { type: "string", multiple: true },
  "expires-in": { type: "string" },
  "expires-at": { type: "string" },
  file: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof options>>["values"];
type NewToken = InputOf<"POST", "/api/v1/tokens">["body"];
type Token = AnswerOf<"GET", "/api/v1/tokens/{name}">;

const actions = ["list", "create", "revoke", "whoami"] as const;
const ofCreate = ["scope", "expires-in", "expires-at", "file"] as const;

export const tokensCommand: Command = {
  name: "tokens",
  summary: "create, list and revoke API tokens; whoami",
  async run([action, ...args], { env }) {
    if (action === undefined || action === "--help" || action === "-h") {
      console.log(usage);
      return 0;
    }
    if (!(actions as readonly string[]).includes(action)) {
      throw new UsageError(`headwater tokens takes ${actions.join(", ")}, not ${action}${didYouMean(action, actions)}`);
    }
    const { values, positionals: names } = parseOptions("tokens", args, options, true);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    checkUse(action, names, values);
    const api = connect(values, env);
    if (action === "list") await list(api, values);
    else if (action === "create") await create(api, names[0]!, values);
    else if (action === "whoami") await whoAmI(api, values);
    else for (const name of names) await revoke(api, name, values);
    return 0;
  },
};

function checkUse(action: string, names: readonly string[], values: Values): void {
  const wrong = ofCreate.find((name) => action !== "create" && values[name] !== undefined);
  if (wrong !== undefined) throw new UsageError(`--${wrong} is of create. See headwater tokens --help`);
  const fits = action === "create" ? names.length === 1 : names.length > 0 === (action === "revoke");
  if (!fits) {
    const wanted = { create: "one name", revoke: "the names of tokens" }[action] ?? "no names";
    throw new UsageError(`headwater tokens ${action} takes ${wanted}. See headwater tokens --help`);
  }
  if (action === "create" && values.scope === undefined) {
    throw new UsageError("A token needs a scope: --scope viewer, for example. See headwater tokens --help");
  }
}

async function create(api: ApiClient, name: string, values: Values): Promise<void> {
  const { scope = [], "expires-in": expiresIn, "expires-at": expiresAt, file } = values;
  const body = {
    name,
    scopes: scope as NewToken["scopes"],
    ...(expiresIn !== undefined && { expiresIn }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
  const made = await api.call("POST", "/api/v1/tokens", { body });
  if (file === undefined) return console.log(values.json ? JSON.stringify(made, null, 2) : made.token);
  await writeTokenFile(file, made.token);
  const { token: _secret, ...rest } = made;
  console.log(values.json ? JSON.stringify(rest, null, 2) : `${file}: the token ${name}, ${endOf(made)}`);
}

async function list(api: ApiClient, values: Values): Promise<void> {
  const tokens: Token[] = [];
  for (let cursor: string | undefined, isMore = true; isMore;) {
    const query = { limit: 1000, ...(cursor !== undefined && { cursor }) };
    const { items, next } = await api.call("GET", "/api/v1/tokens", { query });
    tokens.push(...items);
    cursor = next ?? undefined;
    isMore = next !== null;
  }
  if (values.json) return console.log(JSON.stringify({ items: tokens }, null, 2));
  if (tokens.length === 0) {
    return console.log("There are no tokens beside the administrator's; headwater tokens create makes one");
  }
  const rows = tokens.map((token) => {
    const { name, scopes, createdAt, createdBy, lastUsedAt } = token;
    return [name, scopes.join(","), endOf(token), lastUsedAt ?? "never used", `made ${createdAt} by ${createdBy}`];
  });
  console.log(columns(rows));
}

async function revoke(api: ApiClient, name: string, values: Values): Promise<void> {
  const answer = await api.call("DELETE", "/api/v1/tokens/{name}", { path: { name } });
  console.log(values.json ? JSON.stringify(answer) : `${shown(name)} is revoked`);
}

async function whoAmI(api: ApiClient, values: Values): Promise<void> {
  const session = await api.call("GET", "/api/v1/session", {});
  if (values.json) return console.log(JSON.stringify(session, null, 2));
  console.log(`${shown(session.principal)}, ${endOf(session)}: ${session.scopes.join(", ")}`);
}

function endOf({ expiresAt }: { readonly expiresAt?: string | undefined }): string {
  return expiresAt === undefined ? "without an end" : `until ${expiresAt}`;
}
