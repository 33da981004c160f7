import { plainParams, type CommandDialect } from "./dialect.ts";

const path = /^[\w-]+(?:\/[\w-]+)*$/;
const commandLevel = /\/(?:command|set)(?=\/|$)/;
const switched = new Set(["on", "off"]);

/**
 * Generation 1: `relay/0` with `on` is `shellies/{id}/relay/0/command`; a name with `command` or `set` in it is the
 * topic as it stands (`roller/0/command/pos`, `light/0/set`). The state that follows (`shellies/{id}/relay/0`) is the
 * answer; of a switch, the one that was asked for.
 *
 * @param filter that every such device subscribes to: `shellies/{id}/command`
 */
export function shellyGen1Dialect(filter: string): CommandDialect {
  const base = filter.slice(0, filter.lastIndexOf("/") + 1);
  return {
    message({ name, params }) {
      if (!path.test(name)) return undefined;
      const topic = base + (commandLevel.test(`/${name}`) ? name : `${name}/command`);
      return { topic, payload: plainParams(params) };
    },
    answer(topic, payload, { name, params }) {
      if (topic !== base + name.replace(commandLevel, "")) return undefined;
      const state = Buffer.from(payload).toString().toWellFormed();
      const asked = plainParams(params);
      if (switched.has(asked) && state !== asked) return undefined;
      return { status: "succeeded", result: JSON.stringify(state) };
    },
  };
}
