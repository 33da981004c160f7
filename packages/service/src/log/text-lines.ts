import { inspect, styleText } from "node:util";

export interface TextLineOptions {
  /** Whether levels and components are coloured. */
  readonly colours: boolean;
}

/** A line of the logger, as it was written in JSON. */
interface Line {
  readonly time: string;
  readonly level: string;
  readonly component?: string;
  readonly msg?: string;
  readonly [fact: string]: unknown;
}

const coloursOfLevels = { fatal: "red", error: "red", warn: "yellow", info: "green", debug: "gray" } as const;

/**
 * A log line as text: time of day, level, component, message, facts. An error follows with its causes; with its stack
 * only if it is a defect: an InvariantError, or an error of no kind of ours.
 */
export function lineForPeople(json: string, { colours }: TextLineOptions): string {
  const { time, level, component = "", msg = "", err, ...facts } = JSON.parse(json) as Line;
  const colour = coloursOfLevels[level as keyof typeof coloursOfLevels] ?? "gray";
  const style = (format: Parameters<typeof styleText>[0], text: string): string =>
    colours && text !== "" ? styleText(format, text, { validateStream: false }) : text;
  const columns = [
    style("gray", timeOfDay(time)),
    style(colour, level.padEnd(5)),
    style("bold", component.padEnd(componentColumns)),
    printable(msg),
    style("gray", Object.entries(facts).map(fact).join(" ")),
  ];
  const line = columns.filter((column) => column !== "").join(" ");
  return `${line}${err === undefined ? "" : errorForPeople(err)}\n`;
}

/** Text that a device or a server chose moves no cursor and colours nothing: control characters are replaced. */
function printable(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, "\uFFFD");
}

/** The longest name of a component that stands often: `time-series`. */
const componentColumns = 11;

/** Local time, as a person at a terminal has it on the wall: hours to milliseconds. */
function timeOfDay(iso: string): string {
  const time = new Date(iso);
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":");
  return `${day}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

function fact([key, value]: [string, unknown]): string {
  if (typeof value === "string") return `${key}=${printable(/^[^\s"=]+$/.test(value) ? value : JSON.stringify(value))}`;
  if (typeof value !== "object" || value === null) return `${key}=${String(value)}`;
  return `${key}=${inspect(value, { breakLength: Infinity, compact: true, depth: 8 })}`;
}

function errorForPeople(error: unknown): string {
  if (typeof error !== "object" || error === null) return `\n    ${String(error)}`;
  const { type, message, code, advice, details, stack, cause } = error as Record<string, unknown>;
  const facts = Object.entries(details ?? {}).map(fact);
  const head =
    (advice === undefined || code === "invariant") && typeof stack === "string"
      ? stack
      : [`${String(type)}: ${String(message)}`, ...facts].join(" ");
  const causes = cause === undefined ? "" : errorForPeople(cause).replace("\n    ", "\n    caused by ");
  return `\n    ${printable(head).replaceAll("\n", "\n    ")}${causes}`;
}
