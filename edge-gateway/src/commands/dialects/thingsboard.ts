import { jsonOf, type CommandDialect } from "./dialect.ts";

const requests = "v1/devices/me/rpc/request/";
const responses = "v1/devices/me/rpc/response/";

/** A call of the server: `{"method", "params"}`, answered by any payload under the same number. */
export const thingsBoardDialect: CommandDialect = {
  message: ({ name, params }, n) => ({
    topic: requests + n,
    payload: `{"method":${JSON.stringify(name)},"params":${params === "" ? "{}" : params}}`,
  }),
  answer(topic, payload, { n }) {
    if (topic !== responses + n) return undefined;
    if (payload.length === 0) return { status: "succeeded", result: "" };
    const result = jsonOf(payload) ?? Buffer.from(payload).toString().toWellFormed();
    return { status: "succeeded", result: JSON.stringify(result) };
  },
};
