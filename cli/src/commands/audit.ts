import type { AnswerOf, InputOf } from "@headwater/client";
import { columns } from "../text/columns.ts";
import type { Command } from "./command.ts";
import { UsageError } from "./command-error.ts";
import { connect, connectionOptions, connectionUsage } from "./connection.ts";
import { parseOptions } from "./options.ts";

const usage = `headwater audit: who did what, newest first

${connectionUsage}
  --by NAME          only what they did: admin, or the name of a token
  --kind KIND        only what was done to these: device, command, rule, maintenance, alert, quarantine, rebuild, token,
                     session, provisioning-key, device-group or board
  --subject ID       only what was done to it
  --from, --to       done at or after, and before: ISO 8601, or like --from=-1d
  --limit N          at most so many (default 100)
  --json             the answer as JSON`;

const options = {
  ...connectionOptions,
  by: { type: "string" },
  kind: { type: "string" },
  subject: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  limit: { type: "string", default: "100" },
  json: { type: "boolean", default: false },
} as const;

type Query = NonNullable<InputOf<"GET", "/api/v1/audit">["query"]>;
type Entry = AnswerOf<"GET", "/api/v1/audit">["items"][number];

const page = 1000;

export const auditCommand: Command = {
  name: "audit",
  summary: "who did what",
  async run(args, { env }) {
    const { values } = parseOptions("audit", args, options);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const most = Number(values.limit);
    if (!Number.isSafeInteger(most) || most < 1) throw new UsageError(`--limit takes a whole number from 1 on`);
    const { by, kind, subject, from, to } = values;
    const filter = {
      ...(by !== undefined && { by }),
      ...(kind !== undefined && { kind: kind as NonNullable<Query["kind"]> }),
      ...(subject !== undefined && { subject }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    };
    const api = connect(values, env);
    const entries: Entry[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null && entries.length < most) {
      const query = {
        ...filter,
        limit: Math.min(page, most - entries.length),
        ...(cursor !== undefined && { cursor }),
      };
      const { items, next } = await api.call("GET", "/api/v1/audit", { query });
      entries.push(...items);
      cursor = next;
    }
    if (values.json) console.log(JSON.stringify({ items: entries, next: cursor ?? null }, null, 2));
    else if (entries.length === 0) console.log("Nobody did anything of that kind");
    else
      console.log(
        columns(entries.map((each) => [each.at, each.by, each.action, each.kind, each.subject, each.detail])),
      );
    return 0;
  },
};
