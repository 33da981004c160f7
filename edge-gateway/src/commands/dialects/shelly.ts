import { objectOf, type CommandDialect } from "./dialect.ts";

/** The name under which the gateway calls; answers come to `{source}/rpc`. */
const source = "headwater";

/**
 * Generation 2 and later: a call over JSON RPC, `Switch.Set` with its parameters.
 *
 * @param topic for calls: `shellyplus1-a8032abe54dc/rpc`
 */
export function shellyDialect(topic: string): CommandDialect {
  return {
    message({ name, params }, n) {
      const call = JSON.stringify({ id: n, src: source, method: name });
      return { topic, payload: params === "" ? call : `${call.slice(0, -1)},"params":${params}}` };
    },
    answer(answerTopic, payload, { n }) {
      if (answerTopic !== `${source}/rpc`) return undefined;
      const { id, result, error } = objectOf(payload) ?? {};
      if (id !== n) return undefined;
      if (error !== undefined) return { status: "failed", result: JSON.stringify(error) };
      return { status: "succeeded", result: result === undefined ? "" : JSON.stringify(result) };
    },
  };
}
