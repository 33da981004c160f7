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
  "REGRESSION v4 mismatched-shared-normal-subscribe-unsubscribe-leak":
    "MQTT 3.1.1 has no shared subscriptions (they are MQTT 5, 4.8.2); $share/… is a filter on topics that nobody may use (4.7.2), so SUBACK refuses it with 0x80 (3.9.3)",
  "REGRESSION v4 shared-sub-uaf": "as above: $share/… is refused with 0x80 (3.9.3, 4.7.2)",
  "SUBSCRIBE v4 82 $share ok": "as above: $share/… is refused with 0x80 (3.9.3, 4.7.2)",
  "SUBSCRIBE v4 82 $SYS ok":
    "MQTT 3.1.1, 4.7.2: what $-topics are for is the server's affair. $SYS is closed to clients, and SUBACK says so with 0x80 (3.9.3)",
};

/** The same for MQTT 5. */
export const exceptions5: Readonly<Record<string, string>> = {
  "PUBLISH v5 34 QoS 2 Dup flow*3":
    "MQTT 5, 4.3.3 [MQTT-4.3.3-10]: until its PUBREL comes, every PUBLISH with the packet identifier is answered by PUBREC. Closing at the third is Mosquitto's own bound",
};
