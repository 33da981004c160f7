import { objectOf, plainParams, type CommandDialect } from "./dialect.ts";

/**
 * `cmnd/plug/Power` with the parameter as plain text, answered by `stat/plug/RESULT` with a member named after the
 * command, or by `stat/plug/STATUS…`. Answers name no command of their own accord; they come in order.
 *
 * @param filter of the subscription: `cmnd/plug/#`
 */
export function tasmotaDialect(filter: string): CommandDialect {
  const levels = filter.split("/").slice(0, -1);
  const base = `${levels.join("/")}/`;
  const answers = `${[...levels.slice(0, -2), "stat", levels.at(-1)!].join("/")}/`;
  return {
    message: ({ name, params }) =>
      /^\w+$/.test(name) ? { topic: base + name, payload: plainParams(params) } : undefined,
    answer(topic, payload, { name }) {
      if (!topic.startsWith(answers)) return undefined;
      const result = objectOf(payload);
      if (result === undefined) return undefined;
      const text = JSON.stringify(result);
      if (result["Command"] === "Unknown") return { status: "rejected", result: text };
      if (result["Command"] === "Error") return { status: "failed", result: text };
      const asked = bare(name);
      const fits =
        asked === "STATUS"
          ? bare(topic.slice(answers.length)) === "STATUS"
          : Object.keys(result).some((key) => bare(key) === asked);
      return fits ? { status: "succeeded", result: text } : undefined;
    },
  };
}

/** A relay may be POWER or POWER1, whichever of the two was asked for. */
function bare(name: string): string {
  return name.toUpperCase().replace(/\d+$/, "");
}
