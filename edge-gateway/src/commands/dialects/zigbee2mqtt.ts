import { jsonOf, objectOf, plainParams, type CommandDialect } from "./dialect.ts";

const request = "bridge/request/";
/** `lamp/set`, `attic/lamp/get`, `lamp/set/brightness`. */
const ofDevice = /^(.+)\/(?:set|get)(?:\/[^/]+)?$/;
const noTopic = /[+#\p{Cc}]/u;

/**
 * What the bridge is to do, for itself (`bridge/request/permit_join`, answered by `bridge/response/…`) or with one of
 * its devices (`lamp/set`, answered by the state that follows). The name of the command is the topic below the
 * bridge's.
 *
 * @param filter of the subscription: `zigbee2mqtt/#`
 */
export function zigbee2mqttDialect(filter: string): CommandDialect {
  const base = filter.slice(0, -1);
  return {
    message({ name, params }) {
      if (noTopic.test(name) || !(name.startsWith(request) || ofDevice.test(name))) return undefined;
      return { topic: base + name, payload: plainParams(params) };
    },
    answer(topic, payload, { name }) {
      if (name.startsWith(request)) {
        if (topic !== `${base}bridge/response/${name.slice(request.length)}`) return undefined;
        const response = objectOf(payload);
        if (response === undefined) return undefined;
        return { status: response["status"] === "ok" ? "succeeded" : "failed", result: JSON.stringify(response) };
      }
      if (topic !== base + ofDevice.exec(name)![1]!) return undefined;
      const state = jsonOf(payload);
      return state === undefined ? undefined : { status: "succeeded", result: JSON.stringify(state) };
    },
  };
}
