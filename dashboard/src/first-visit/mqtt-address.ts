import { api } from "../data/api.ts";
import type { Address } from "./snippets.ts";

const usualPort = 1883;

/** Where devices connect, seen from where this page is: the gateway may listen on every address, or elsewhere. */
export async function mqttAddress(): Promise<Address> {
  const { mqtt = [] } = await api.call("GET", "/api/v1", {});
  const plain = mqtt.find((address) => address.startsWith("mqtt://"));
  const port = Number(/:(\d+)$/.exec(plain ?? "")?.[1] ?? usualPort);
  return { host: location.hostname, port };
}
