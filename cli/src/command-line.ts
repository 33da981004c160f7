import { runMain } from "@headwater/service";
import { ApiError } from "@headwater/client";
import { CommandError } from "./commands/command-error.ts";
import { configCommand } from "./commands/config.ts";
import type { Command } from "./commands/command.ts";
import { gatewayCommand } from "./commands/gateway.ts";
import { ledgerCommand } from "./commands/ledger.ts";
import { logCommand } from "./commands/log.ts";
import { simCommand } from "./commands/sim.ts";
import { startCommand } from "./commands/start.ts";

const commands: readonly Command[] = [
  startCommand,
  simCommand,
  ledgerCommand,
  logCommand,
  gatewayCommand,
  configCommand,
];

function help(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join("\n");
  return `headwater <command> [options]\n\n${list}\n\nheadwater <command> --help says more.`;
}

/** Turns an error of the API client into one that ends the process with its message alone, in one line. */
function forPerson(error: unknown): never {
  throw error instanceof ApiError ? new CommandError(error.message, { cause: error.cause }) : error;
}

/** Runs the command that the arguments name; without one, prints the list of commands. */
export async function runCommandLine([name, ...args]: readonly string[]): Promise<void> {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) {
    await runMain(async (context) => {
      const code = await command.run(args, context).catch(forPerson);
      if (code !== undefined) process.exitCode = code;
    });
  } else if (name === undefined || name === "help" || name === "--help") {
    console.log(help());
  } else {
    console.error(`headwater has no command ${JSON.stringify(name)}\n\n${help()}`);
    process.exitCode = 1;
  }
}
