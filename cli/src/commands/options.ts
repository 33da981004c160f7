import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./command-error.ts";
import { didYouMean } from "./did-you-mean.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
const help = { help: { type: "boolean", short: "h", default: false } } as const;

/**
 * The options of a command, `-h` and `--help` among them; names of things beside them only if it takes any.
 * @throws UsageError instead of the parser's TypeError; it names the option that was probably meant.
 */
export function parseOptions<const O extends Options>(
  command: string,
  args: readonly string[],
  options: O,
  allowPositionals = false,
): ReturnType<typeof parseArgs<{ args: string[]; options: O & typeof help; allowPositionals: true }>> {
  try {
    const all = { ...help, ...options };
    return parseArgs({ args: withRelativeTimes(args, all), options: all, allowPositionals });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const option = code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" ? /'(--?[^']+)'/.exec(message)?.[1] : undefined;
    const said = option === undefined ? message.replaceAll(/\s+/g, " ").replace(/\.$/, "") : unknown(option, options);
    // Without the parser's error as its cause, whose words would stand beside these.
    throw new UsageError(`${said}. See headwater ${command} --help`);
  }
}

/** `--from -7d` is `--from=-7d`: what begins with a dash and a digit is no option, though the parser asks. */
function withRelativeTimes(args: readonly string[], options: Options): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    const takesValue = before?.startsWith("--") === true && options[before.slice(2)]?.type === "string";
    if (takesValue && /^-\d/.test(arg)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function unknown(option: string, options: Options): string {
  const known = Object.keys({ ...help, ...options }).map((name) => `--${name}`);
  return `There is no option ${option}${didYouMean(option, known)}`;
}
