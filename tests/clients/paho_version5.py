"""A device of MQTT 5 on Eclipse Paho: takes what to do as JSON in its argument, and prints what came of it as JSON."""

import json
import queue
import ssl
import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

WITHIN_SECONDS = 60

order = json.loads(sys.argv[1])
device = order["id"]


def properties(kind, **values):
    made = Properties(kind)
    for name, value in values.items():
        setattr(made, name, value)
    return made


class Device:
    """A client whose events are waited for."""

    def __init__(self, token=order["token"], client_id="", **connect):
        web = order["transport"] in ("ws", "wss")
        self.connects, self.grants, self.messages = queue.Queue(), queue.Queue(), queue.Queue()
        self.published = queue.Queue()
        self.client = client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=mqtt.MQTTv5,
            transport="websockets" if web else "tcp",
        )
        client.username_pw_set(device, token)
        if web:
            client.ws_set_options(path="/mqtt")
        if order["transport"] in ("tls", "wss"):
            client.tls_set(ca_certs=order["caFile"], tls_version=ssl.PROTOCOL_TLS_CLIENT)
        client.on_connect = lambda _c, _u, flags, reason, _p: self.connects.put((reason.value, flags.session_present))
        client.on_subscribe = lambda _c, _u, _m, reasons, _p: self.grants.put(reasons[0].value)
        client.on_publish = lambda _c, _u, _m, reason, _p: self.published.put(reason.value)
        client.on_message = lambda _c, _u, message: self.messages.put(message)
        client.connect("127.0.0.1", order["port"], keepalive=30, **connect)
        client.loop_start()
        self.reason, self.session_present = self.connects.get(timeout=WITHIN_SECONDS)

    def publish(self, topic, payload, qos=1, **values):
        self.client.publish(topic, payload, qos=qos, properties=properties(PacketTypes.PUBLISH, **values))
        return self.published.get(timeout=WITHIN_SECONDS)

    def subscribe(self, topic):
        self.client.subscribe(topic, options=mqtt.SubscribeOptions(qos=1))
        return self.grants.get(timeout=WITHIN_SECONDS)

    def message(self):
        return self.messages.get(timeout=WITHIN_SECONDS)

    def end(self):
        self.client.disconnect()
        self.client.loop_stop()


def work():
    it = Device()
    for qos in (0, 1, 2):
        telemetry = json.dumps({f"q{qos}": order["n"]})
        it.publish(f"devices/{device}/telemetry", telemetry, qos, UserProperty=("shift", "night"))
    it.subscribe(f"devices/{device}/commands/+")
    command = it.message()
    told = command.properties
    reply = json.dumps({"status": "succeeded", "result": json.loads(command.payload)["name"]})
    it.publish(told.ResponseTopic, reply, CorrelationData=told.CorrelationData)
    it.end()
    return {
        "payload": command.payload.decode(),
        "contentType": told.ContentType,
        "responseTopic": told.ResponseTopic,
        "correlationData": told.CorrelationData.decode(),
    }


def refusals():
    stranger = Device(token=order["token"] + "x")
    stranger.end()
    it = Device()
    found = {"login": stranger.reason, "message": it.publish(order["elsewhere"], "{}")}
    found["subscription"] = it.subscribe(order["elsewhere"])
    it.end()
    return found


def comes_back():
    session = {
        "client_id": "kept",
        "clean_start": False,
        "properties": properties(PacketTypes.CONNECT, SessionExpiryInterval=600),
    }
    before = Device(**session)
    before.subscribe(order["notes"])
    before.end()
    other = Device()
    other.publish(order["notes"], "stale", MessageExpiryInterval=1)
    other.publish(order["notes"], "kept")
    other.end()
    time.sleep(order["awayMs"] / 1000)
    after = Device(**session)
    heard = [after.message().payload.decode()]
    after.end()
    return heard


print(json.dumps({"work": work, "refusals": refusals, "comesBack": comes_back}[order["what"]]()))
