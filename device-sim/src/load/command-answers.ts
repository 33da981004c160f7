import type { Profile } from "../fleet/profile.ts";
import type { Random } from "../signals/random.ts";
import type { LoadContext } from "./load-context.ts";

/** Executes each command once, whatever is delivered again, and answers as its profile says. */
export class CommandAnswers {
  readonly #device: string;
  readonly #behaviour: Profile["commands"];
  readonly #random: Random;
  readonly #context: LoadContext;
  /** Of a command that the device did not have yet. */
  readonly #onCommand: (name: string) => void;
  readonly #publish: (topic: string, reply: string) => void;
  /** Commands that were delivered, by their ids. */
  readonly #known = new Set<string>();

  constructor(
    device: string,
    behaviour: Profile["commands"],
    random: Random,
    context: LoadContext,
    publish: (topic: string, reply: string) => void,
    onCommand: (name: string) => void,
  ) {
    this.#onCommand = onCommand;
    this.#device = device;
    this.#behaviour = behaviour;
    this.#random = random;
    this.#context = context;
    this.#publish = publish;
  }

  take(topic: string, payload: Buffer): void {
    const [, , kind, commandId, further] = topic.split("/");
    if (kind !== "commands" || commandId === undefined || further !== undefined) return;
    const { counts } = this.#context;
    const { answer, delay } = this.#behaviour;
    const isKnown = this.#known.has(commandId);
    this.#known.add(commandId);
    if (isKnown) counts.repeatedCommands += 1;
    else {
      counts.commands += 1;
      this.#onCommand(nameOf(payload));
    }
    if (answer === "none") return;
    const reply = JSON.stringify({ status: answer, result: { bytes: payload.length } });
    this.#context.at(this.#context.now() + this.#random.within(delay), () => {
      if (!isKnown) counts.commandsAnswered += 1;
      this.#publish(`devices/${this.#device}/commands/${commandId}/reply`, reply);
    });
  }
}

/** "" where the payload is not of Headwater's form. */
function nameOf(payload: Buffer): string {
  try {
    const { name } = JSON.parse(payload.toString("utf8")) as { readonly name?: unknown };
    return typeof name === "string" ? name : "";
  } catch {
    return "";
  }
}
