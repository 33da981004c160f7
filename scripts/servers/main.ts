import { parseArgs } from "node:util";
import { healthOf, pidsOf, settingsOf, start, stop } from "./commands.ts";
import { debianPrograms, debianProgram, type DebianProgram } from "./debian-packages.ts";
import { ServersError, UsageError } from "./errors.ts";
import { pythonPackages, pythonWith } from "./python-packages.ts";
import { isServerKind, serverKinds, ServerSet, type ServerKind } from "./state.ts";

const USAGE = `Real servers for tests and trials, without Docker.

  npm run servers -- start [kafka|influx] [--export] [--name NAME]
  npm run servers -- status [--name NAME]
  npm run servers -- stop [kafka|influx] [--wipe] [--name NAME]
  npm run servers -- tools          install what tests need besides: Chromium, Mosquitto and its clients, Prometheus, Python's paho-mqtt

  --export  print the settings as shell exports: eval "$(npm run -s servers -- start --export)"
  --wipe    delete the data as well
  --name    a set of servers of its own, with its own data (default: default)
`;

const progress = (message: string): void => void process.stderr.write(`servers: ${message}\n`);

async function main(args: string[]): Promise<number> {
  const { command, kinds, set, values } = interpret(args);
  switch (command) {
    case "start": {
      const state = await start(set, kinds, progress);
      for (const [key, value] of Object.entries(settingsOf(state, kinds))) {
        process.stdout.write(`${values.export ? "export " : ""}${key}=${value}\n`);
      }
      return 0;
    }
    case "stop":
      await stop(set, kinds, values.wipe, progress);
      return 0;
    case "status":
      return status(set, kinds);
    case "tools":
      return tools();
    case "help":
      process.stdout.write(USAGE);
      return 0;
    default:
      throw new UsageError(`unknown command ${JSON.stringify(command)}: start, stop, status or tools`);
  }
}

/** Prints where each is, once it is there. */
async function tools(): Promise<number> {
  for (const program of Object.keys(debianPrograms) as DebianProgram[]) {
    process.stdout.write(`${program}: ${await debianProgram(program, progress)}\n`);
  }
  for (const name of pythonPackages) process.stdout.write(`${name}: ${await pythonWith(name, progress)}\n`);
  return 0;
}

/** Exit code 0 if all of them are ready, 1 otherwise. */
async function status(set: ServerSet, kinds: readonly ServerKind[]): Promise<number> {
  const state = await set.read();
  let allReady = true;
  for (const kind of kinds) {
    const health = await healthOf(set, state, kind);
    const where = kind === "kafka" ? state.kafka?.brokers : state.influx?.url;
    const detail = health === "stopped" ? "" : ` at ${where} (pid ${pidsOf(state, kind).join(", ")})`;
    process.stdout.write(`${kind}: ${health}${detail}\n`);
    allReady &&= health === "ready";
  }
  process.stdout.write(`state: ${set.stateFile}\n`);
  return allReady ? 0 : 1;
}

function interpret(args: string[]) {
  const options = {
    export: { type: "boolean", default: false },
    wipe: { type: "boolean", default: false },
    name: { type: "string", default: "default" },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  const { positionals, values } = parsed(() => parseArgs({ args, options, allowPositionals: true }));
  const [command = "help", ...named] = positionals;
  const unknown = named.find((name) => !isServerKind(name));
  if (unknown !== undefined) throw new UsageError(`unknown server ${JSON.stringify(unknown)}: kafka or influx`);
  if (!/^[a-z0-9][a-z0-9-]*$/.test(values.name))
    throw new UsageError("--name takes lower-case letters, digits and dashes");
  const kinds = named.length === 0 ? serverKinds : named.filter(isServerKind);
  return { command: values.help ? "help" : command, kinds, set: new ServerSet(values.name), values };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ServersError)) throw error;
  progress(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
