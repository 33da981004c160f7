import { readFileSync } from "node:fs";
import { runMain, type MainContext } from "@headwater/service";
import { ApiError, NoAnswerError, NotServedError, ProblemError } from "@headwater/client";
import { alertsCommand } from "./commands/alerts.ts";
import { auditCommand } from "./commands/audit.ts";
import { backtestCommand } from "./commands/backtest.ts";
import { boardsCommand } from "./commands/boards.ts";
import { CommandError, UsageError } from "./commands/command-error.ts";
import { configCommand } from "./commands/config.ts";
import type { Command } from "./commands/command.ts";
import { devicesCommand } from "./commands/devices.ts";
import { didYouMean } from "./commands/did-you-mean.ts";
import { gatewayCommand } from "./commands/gateway.ts";
import { influxCommand } from "./commands/influx.ts";
import { influxTokenCommand } from "./commands/influx-token.ts";
import { ledgerCommand } from "./commands/ledger.ts";
import { quarantineCommand } from "./commands/quarantine.ts";
import { logCommand } from "./commands/log.ts";
import { queryCommand } from "./commands/query.ts";
import { rebuildCommand } from "./commands/rebuild.ts";
import { rulesCommand } from "./commands/rules.ts";
import { simCommand } from "./commands/sim.ts";
import { startCommand } from "./commands/start.ts";
import { storeCommand } from "./commands/store.ts";
import { groupsCommand } from "./commands/groups.ts";
import { tokensCommand } from "./commands/tokens.ts";
import { topicsCommand } from "./commands/topics.ts";

const commands: readonly Command[] = [
  startCommand,
  simCommand,
  rulesCommand,
  alertsCommand,
  devicesCommand,
  queryCommand,
  ledgerCommand,
  quarantineCommand,
  rebuildCommand,
  backtestCommand,
  logCommand,
  storeCommand,
  topicsCommand,
  gatewayCommand,
  tokensCommand,
  groupsCommand,
  boardsCommand,
  auditCommand,
  influxCommand,
  influxTokenCommand,
  configCommand,
];

function help(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join("\n");
  return `headwater <command> [options]

${list}

headwater <command> --help says more. headwater --version says which release this is.

Commands that speak to a running Headwater find it by --url or HEADWATER_URL, and show the token of --token-file,
HEADWATER_TOKEN or HEADWATER_TOKEN_FILE.`;
}

function version(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** Turns an error of the API client into one that ends the process with its message alone, in one line. */
function forPerson(error: unknown): never {
  if (!(error instanceof ApiError)) throw error;
  // A cause says more only where nobody answered: an answer's own words are in the message.
  const because = error instanceof NoAnswerError ? { cause: error.cause } : {};
  throw new CommandError(`${error.message}${adviceFor(error)}`, because);
}

/** What a person can do about an answer whose own words do not say so. */
function adviceFor(error: ApiError): string {
  if (error instanceof NotServedError) return "; name the service that does with --url or --rules-url";
  if (!(error instanceof ProblemError)) return "";
  if (error.status === 401) {
    return ": the token is not one that this Headwater knows; name the file of its admin token with --token-file or HEADWATER_TOKEN_FILE, or set HEADWATER_TOKEN";
  }
  return error.status === 403 ? ": the token is known, and its scopes do not allow this" : "";
}

/** The process of the command line: signals, exit code, and the line that says why it failed. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  await runMain(async (context) => {
    const code = await runCommand(args, context);
    if (code !== undefined) process.exitCode ??= code;
  });
}

/** Runs the command that the arguments name; without one, prints the list of commands. Resolves with the exit code. */
export async function runCommand(args: readonly string[], context: MainContext): Promise<number | void> {
  // `headwater help start` is `headwater start --help`.
  const [name, ...rest] = args[0] === "help" && args.length > 1 ? [args[1]!, "--help"] : args;
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) {
    if (command.stopsBySignal !== true) context.signal.addEventListener("abort", () => process.exit(130));
    return command.run(rest, context).catch(forPerson);
  }
  if (name === undefined || ["help", "--help", "-h"].includes(name)) {
    console.log(help());
  } else if (["version", "--version", "-v", "-V"].includes(name)) {
    console.log(`headwater ${version()}`);
  } else {
    const names = commands.map((each) => each.name);
    throw new UsageError(
      `headwater has no command ${JSON.stringify(name)}${didYouMean(name, names)}: it has ${names.join(", ")}; headwater --help says more`,
    );
  }
  return 0;
}
