export interface Address {
  readonly host: string;
  readonly port: number;
}

export const languages = [
  ["mosquitto", "mosquitto_pub"],
  ["python", "Python"],
  ["node", "Node"],
  ["arduino", "Arduino"],
] as const;
export type Language = (typeof languages)[number][0];

/** In a constant, since the check of layers takes a line that begins so for an import of the page itself. */
const importMqtt = 'import mqtt from "mqtt";';

/**
 * A program that sends one reading of a device, to paste as it is. In MQTT 5 where a library then says why something
 * was refused, without more lines.
 */
export function snippetOf(language: Language, { host, port }: Address, id: string, token: string): string {
  const topic = `devices/${id}/telemetry`;
  const [inText, tokenText, topicText] = [JSON.stringify(id), JSON.stringify(token), JSON.stringify(topic)];
  switch (language) {
    case "mosquitto":
      return `mosquitto_pub -V 5 -h ${host} -p ${port} -u ${shell(id)} -P ${shell(token)} -i ${shell(id)} -q 1 \\
  -t ${shell(topic)} -m '{"temperature": 21.5}'`;
    case "python":
      return `# pip install paho-mqtt
import json
import paho.mqtt.client as mqtt

device = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, ${inText}, protocol=mqtt.MQTTv5)
device.username_pw_set(${inText}, ${tokenText})
device.on_connect = lambda client, data, flags, reason, properties: print(reason)
device.connect(${JSON.stringify(host)}, ${port})
device.loop_start()
device.publish(${topicText}, json.dumps({"temperature": 21.5}), qos=1).wait_for_publish(10)
device.disconnect()
device.loop_stop()`;
    case "node":
      return `// npm install mqtt
${importMqtt}

const device = await mqtt.connectAsync("mqtt://${host}:${port}", {
  protocolVersion: 5, clientId: ${inText}, username: ${inText}, password: ${tokenText},
});
await device.publishAsync(${topicText}, JSON.stringify({ temperature: 21.5 }), { qos: 1 });
await device.endAsync();`;
    case "arduino":
      return `// Library: PubSubClient; network is a WiFiClient that is connected
PubSubClient mqtt(network);
mqtt.setServer(${JSON.stringify(host)}, ${port});
mqtt.connect(${inText}, ${inText}, ${tokenText});
mqtt.publish(${topicText}, "{\\"temperature\\": 21.5}");`;
  }
}

/** A word for a shell, whatever is in it. */
function shell(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
