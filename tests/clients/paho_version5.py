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

    def __init__(self, token=order["token"], client_id="", will=None, **connect):
        web = order["transport"] in ("ws", "wss")
        self.connects, self.grants, self.messages = queue.Queue(), queue.Queue(), queue.Queue()
        self.published, self.ends = queue.Queue(), queue.Queue()
        # The reason string of the last packet of each kind.
        self.told = {}
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
        if will is not None:
            client.will_set(will["topic"], will["payload"], qos=1, properties=will["properties"])
        client.on_connect = lambda _c, _u, flags, reason, told: self.note(
            "login", told, self.connects, (reason.value, flags.session_present)
        )
        client.on_subscribe = lambda _c, _u, _m, reasons, told: self.note(
            "subscription", told, self.grants, reasons[0].value
        )
        client.on_publish = lambda _c, _u, _m, reason, told: self.note("message", told, self.published, reason.value)
        client.on_disconnect = lambda _c, _u, _f, reason, told: self.note("end", told, self.ends, reason.value)
        client.on_message = lambda _c, _u, message: self.messages.put(message)
        client.connect("127.0.0.1", order["port"], keepalive=30, **connect)
        client.loop_start()
        self.reason, self.session_present = self.connects.get(timeout=WITHIN_SECONDS)

    def note(self, what, told, events, event):
        self.told[what] = getattr(told, "ReasonString", None)
        events.put(event)

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


def told():
    """Why each thing is refused, in words, and what another connection of its session is told."""
    stranger = Device(token=order["token"] + "x")
    stranger.end()
    it = Device(client_id="told")
    it.publish(order["elsewhere"], "{}")
    it.subscribe(order["elsewhere"])
    again = Device(client_id="told")
    end = it.ends.get(timeout=WITHIN_SECONDS)
    it.client.loop_stop()
    again.end()
    return {**it.told, "login": stranger.told["login"], "endCode": end}


def will():
    """Breaks off two connections with a last will that waits: one comes back before, the other does not."""
    expiry = properties(PacketTypes.CONNECT, SessionExpiryInterval=600)
    session = {"clean_start": False, "properties": expiry}

    def one(name, delay):
        delayed = properties(PacketTypes.WILLMESSAGE, WillDelayInterval=delay, ContentType="application/json")
        last = {"topic": f"devices/{device}/telemetry", "payload": json.dumps({name: order["n"]}), "properties": delayed}
        return Device(client_id=name, will=last, **session)

    gone, back = one("gone", 1), one("back", 5)
    for it in (gone, back):
        it.client.loop_stop()
        it.client.socket().close()
    # Without a last will of its own.
    again = Device(client_id="back", **session)
    time.sleep(order["awayMs"] / 1000)
    present = again.session_present
    again.end()
    return {"present": present}


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


print(json.dumps({"work": work, "refusals": refusals, "comesBack": comes_back, "told": told, "will": will}[order["what"]]()))
