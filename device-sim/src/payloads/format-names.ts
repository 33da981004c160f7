/** Those that Headwater always reads, then those of firmwares and networks, for which it needs a route. */
export const formatNames = [
  ...(["json", "senml", "senml-cbor", "cbor", "line", "protobuf", "value", "thingsboard", "sparkplug"] as const),
  ...(["tasmota", "shelly", "zigbee2mqtt", "home-assistant", "the-things-stack", "chirpstack"] as const),
] as const;
export type FormatName = (typeof formatNames)[number];
