"""A device on Eclipse Paho: takes what to do as JSON in its argument, and prints what came of it as JSON."""

import json
import ssl
import sys
import threading

import paho.mqtt.client as mqtt

WITHIN_SECONDS = 60

order = json.loads(sys.argv[1])
device = order["id"]
web = order["transport"] in ("ws", "wss")
client = mqtt.Client(
    mqtt.CallbackAPIVersion.VERSION2,
    client_id=f"{device}-paho",
    protocol=mqtt.MQTTv311,
    transport="websockets" if web else "tcp",
)
client.username_pw_set(device, order["token"])
if web:
    client.ws_set_options(path="/mqtt")
if order["transport"] in ("tls", "wss"):
    client.tls_set(
        ca_certs=order["caFile"],
        certfile=order.get("certFile"),
        keyfile=order.get("keyFile"),
        tls_version=ssl.PROTOCOL_TLS_CLIENT,
    )

settled = threading.Event()
commanded = threading.Event()
subscribed = threading.Event()
seen = {"letIn": False}


def on_connect(_client, _userdata, _flags, reason, _properties):
    seen["letIn"] = not reason.is_failure
    settled.set()


def on_disconnect(_client, _userdata, _flags, _reason, _properties):
    settled.set()


def on_subscribe(_client, _userdata, _mid, reasons, _properties):
    seen["granted"] = [reason.value for reason in reasons]
    subscribed.set()


def on_message(_client, _userdata, message):
    seen["topic"] = message.topic
    seen["command"] = message.payload.decode()
    commanded.set()


def finish(code=0):
    print(json.dumps(seen))
    sys.stdout.flush()
    client.disconnect()
    client.loop_stop()
    sys.exit(code)


client.on_connect = on_connect
client.on_disconnect = on_disconnect
client.on_subscribe = on_subscribe
client.on_message = on_message
try:
    client.connect("127.0.0.1", order["port"], keepalive=30)
except (ssl.SSLError, OSError, mqtt.WebsocketConnectionError) as error:
    seen["error"] = str(error)
    print(json.dumps(seen))
    sys.exit(0)
client.loop_start()
if not settled.wait(WITHIN_SECONDS) or not seen["letIn"] or "n" not in order:
    finish()

for qos in (0, 1, 2):
    sent = client.publish(f"devices/{device}/telemetry", json.dumps({f"q{qos}": order["n"]}), qos=qos)
    sent.wait_for_publish(WITHIN_SECONDS)
client.subscribe(f"devices/{device}/commands/+", qos=1)
if not subscribed.wait(WITHIN_SECONDS) or not commanded.wait(WITHIN_SECONDS):
    finish(1)
reply = {"status": "succeeded", "result": json.loads(seen["command"])["name"]}
client.publish(f"{seen['topic']}/reply", json.dumps(reply), qos=1).wait_for_publish(WITHIN_SECONDS)
finish()
