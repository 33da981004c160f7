/**
 * Vectors that the gateway does not pass because the specification leaves a choice and the gateway takes the other one.
 * A vector that is listed and passes fails the suite, like one that is not listed and does not pass.
 */
export const exceptions: Readonly<Record<string, string>> = {
  "OTHER v4 subpub self publish qos2":
    "MQTT 3.1.1, 4.3.3: passing a message on when its PUBLISH comes or when its PUBREL comes is the receiver's choice (methods A and B). The vector wants the latter",
  "OTHER v4 subpub retain as normal qos2":
    "MQTT 3.1.1, 4.3.3: as above; the message comes before its PUBREC, the vector wants it before its PUBCOMP",
  "PUBLISH v4 34 QoS 2 Dup flow*3":
    "MQTT 3.1.1, 4.3.3 [MQTT-4.3.3-2]: until its PUBREL comes, every PUBLISH with the packet identifier is answered by PUBREC. Closing at the third is Mosquitto's own bound",
  "SUBSCRIBE v4 82 $SYS ok":
    "MQTT 3.1.1, 4.7.2: what $-topics are for is the server's affair. $SYS is closed to clients, and SUBACK says so with 0x80 (3.9.3)",
};

const methodA =
  "MQTT 5, 4.3.3: passing a message on when its PUBLISH comes or when its PUBREL comes is the receiver's choice (methods A and B). The vector wants the latter";
const dollar =
  "MQTT 5, 4.7.2: what $-topics are for is the server's affair. A PUBLISH to one that no route reads is acknowledged, dropped and counted";

/** The same for MQTT 5. */
export const exceptions5: Readonly<Record<string, string>> = {
  ...all(methodA, "OTHER v5 subpub self publish qos2", "OTHER v5 subpub retain as normal qos2"),
  ...all(
    dollar,
    "PUBLISH v5 PUBLISH with $ topic - uptime",
    "PUBLISH v5 PUBLISH with $ topic - connection",
    "PUBLISH v5 PUBLISH with $ topic - share",
  ),
  "PUBLISH v5 34 QoS 2 Dup flow*3":
    "MQTT 5, 4.3.3 [MQTT-4.3.3-10]: until its PUBREL comes, every PUBLISH with the packet identifier is answered by PUBREC. Closing at the third is Mosquitto's own bound",
  "PUBLISH v5 topic alias > max topic alias":
    "MQTT 5, 3.2.2.3.8: the server tells how many aliases it takes. The vector takes Mosquitto's 10 for granted and sends 11; the gateway takes 32",
  "SUBSCRIBE v5 82 $SYS ok": "MQTT 5, 4.7.2: as above. $SYS is closed to clients, and SUBACK says so with 0x87 (3.9.3)",
};

function all(reason: string, ...ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id) => [id, reason]));
}
