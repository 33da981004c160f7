"""The cases of Eclipse Paho's interoperability suite for MQTT 3.1.1, played by Eclipse Paho against a server.

Takes what it needs as JSON in its argument (port, refusedFilter) and prints one line of JSON for each case: its name,
and what was wrong, null if nothing was. Everything happens in one thread: a client hears and answers only while
`pump` runs, so one that is not pumped is a client that has stopped answering.
"""

import json
import socket
import sys
import time

import paho.mqtt.client as mqtt

HOST = "127.0.0.1"
WITHIN_SECONDS = 60
# How long something has to stay away before it counts as not coming.
QUIET_SECONDS = 0.3

order = json.loads(sys.argv[1])
topics = ("TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA")


class Peer:
    """A client, and what it has heard."""

    def __init__(self, client_id, clean=True):
        self.messages = []
        self.granted = []
        self.unsubscribed = 0
        self.accepted = None
        self.present = None
        self.gone = False
        self.client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean, protocol=mqtt.MQTTv311
        )
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.on_message = lambda _client, _userdata, message: self.messages.append(message)
        self.client.on_subscribe = lambda _c, _u, _mid, reasons, _p: self.granted.extend(r.value for r in reasons)
        self.client.on_unsubscribe = self._on_unsubscribe

    def __str__(self):
        heard = [(each.topic, each.payload.decode(), each.qos, each.mid, each.dup) for each in self.messages]
        return f"accepted {self.accepted}, gone {self.gone}, granted {self.granted}, heard {heard}"

    def _on_connect(self, _client, _userdata, flags, reason, _properties):
        self.accepted = not reason.is_failure
        self.present = flags.session_present

    def _on_disconnect(self, _client, _userdata, _flags, _reason, _properties):
        self.gone = True

    def _on_unsubscribe(self, _client, _userdata, _mid, _reasons, _properties):
        self.unsubscribed += 1

    def connect(self, keepalive=60):
        self.accepted, self.gone = None, False
        self.client.connect(HOST, order["port"], keepalive=keepalive)
        pump(self, until=lambda: self.accepted is not None or self.gone)
        return self

    def subscribe(self, *filters):
        wanted = len(self.granted) + len(filters)
        self.client.subscribe([(topic, qos) for topic, qos in filters])
        pump(self, until=lambda: len(self.granted) >= wanted)
        return self.granted[-len(filters) :]

    def publish(self, topic, payload, qos=0, retain=False):
        sent = self.client.publish(topic, payload, qos=qos, retain=retain)
        pump(self, until=sent.is_published)

    def hears(self, count, *payloads):
        """Waits for so many messages, these among them, and a little longer, so that one too many is seen, too."""
        wanted = set(payloads)
        pump(
            self,
            until=lambda: len(self.messages) >= count and wanted <= {each.payload.decode() for each in self.messages},
        )
        quiet(self)
        return sorted((message.topic, message.payload.decode()) for message in self.messages)

    def disconnect(self):
        self.client.disconnect()
        pump(self, until=lambda: self.gone)

    def vanish(self):
        """Goes without DISCONNECT."""
        self.client.socket().shutdown(socket.SHUT_RDWR)


def pump(*peers, until):
    end = time.monotonic() + WITHIN_SECONDS
    while not until():
        if time.monotonic() > end:
            raise AssertionError(f"did not come in time: {'; '.join(map(str, peers))}")
        for peer in peers:
            peer.client.loop(timeout=0.01)


def quiet(*peers):
    end = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < end:
        for peer in peers:
            peer.client.loop(timeout=0.01)


def equal(what, seen, *wanted):
    if seen not in wanted:
        raise AssertionError(f"{what}: {seen!r} instead of {' or '.join(map(repr, wanted))}")


def connect_packet(protocol=b"MQTT", client_id=b"twice", clean=True):
    body = len(protocol).to_bytes(2, "big") + protocol + bytes([4, 2 if clean else 0, 0, 60])
    body += len(client_id).to_bytes(2, "big") + client_id
    return bytes([0x10, len(body)]) + body


def rest_of(raw):
    """All that comes until the server closes."""
    raw.settimeout(WITHIN_SECONDS)
    heard = b""
    try:
        while chunk := raw.recv(1024):
            heard += chunk
    except ConnectionResetError:
        pass
    return heard


def basic():
    peer = Peer("first").connect()
    peer.disconnect()
    peer = Peer("first").connect()
    peer.subscribe((topics[0], 2))
    for qos in (0, 1, 2):
        peer.publish(topics[0], f"qos {qos}", qos)
    equal("messages", peer.hears(3), [(topics[0], f"qos {qos}") for qos in (0, 1, 2)])
    equal("their QoS", sorted(message.qos for message in peer.messages), [0, 1, 2])
    peer.disconnect()


def second_connect_on_a_connection():
    with socket.create_connection((HOST, order["port"])) as raw:
        raw.sendall(connect_packet())
        equal("CONNACK", raw.recv(4), b"\x20\x02\x00\x00")
        raw.sendall(connect_packet())
        equal("what follows a second CONNECT", rest_of(raw), b"")


def wrong_protocol_name():
    with socket.create_connection((HOST, order["port"])) as raw:
        raw.sendall(connect_packet(protocol=b"hj"))
        equal("the answer to the protocol hj", rest_of(raw), b"", b"\x20\x02\x00\x01")


def retained_messages():
    peer = Peer("first").connect()
    wanted = [(topics[1], "qos 0"), (topics[2], "qos 1"), (topics[3], "qos 2")]
    for qos, (topic, payload) in enumerate(wanted):
        peer.publish(topic, payload, qos, retain=True)
    peer.subscribe(("+/+", 2))
    equal("retained messages", peer.hears(3), sorted(wanted))
    equal("their retain flags", {message.retain for message in peer.messages}, {True})
    peer.disconnect()

    peer = Peer("first").connect()
    for qos in (0, 1, 2):
        peer.publish(topics[qos + 1], b"", qos, retain=True)
    peer.subscribe(("+/+", 2))
    equal("retained messages after they were cleared", peer.hears(0), [])
    peer.disconnect()


def offline_message_queueing():
    peer = Peer("first", clean=False).connect()
    peer.subscribe(("+/+", 2))
    peer.disconnect()
    other = Peer("second").connect()
    other.publish(topics[1], "qos 0", 0)
    other.publish(topics[2], "qos 1", 1)
    other.publish(topics[3], "qos 2", 2)
    other.disconnect()
    peer.connect()
    equal("session present", peer.present, True)
    queued = [message for message in peer.hears(2, "qos 1", "qos 2") if message[1] != "qos 0"]
    equal("what waited", queued, sorted([(topics[2], "qos 1"), (topics[3], "qos 2")]))
    peer.client.unsubscribe("+/+")
    pump(peer, until=lambda: peer.unsubscribed == 1)
    peer.disconnect()
    Peer("first").connect().disconnect()


def will_message():
    peer = Peer("first")
    peer.client.will_set(topics[2], "client not disconnected", qos=0)
    peer.connect()
    other = Peer("second", clean=False).connect()
    other.subscribe((topics[2], 2))
    peer.vanish()
    equal("the will", other.hears(1), [(topics[2], "client not disconnected")])
    other.disconnect()
    Peer("second").connect().disconnect()


def no_will_after_disconnect():
    peer = Peer("first")
    peer.client.will_set(topics[2], "client not disconnected", qos=1)
    peer.connect()
    other = Peer("second").connect()
    other.subscribe((topics[2], 2))
    peer.disconnect()
    equal("what others hear", other.hears(0), [])
    other.disconnect()


def overlapping_subscriptions():
    peer = Peer("first").connect()
    peer.subscribe(("TopicA/#", 2), ("TopicA/+", 1))
    peer.publish(topics[3], "overlapping topic filters", 2)
    pump(peer, until=lambda: any(message.qos == 2 for message in peer.messages))
    quiet(peer)
    equal("QoS of the messages", sorted(message.qos for message in peer.messages), [2], [1, 2])
    peer.disconnect()


def keepalive():
    peer = Peer("first")
    peer.client.will_set(topics[4], "keepalive expiry", qos=0)
    other = Peer("second").connect(keepalive=0)
    other.subscribe((topics[4], 2))
    began = time.monotonic()
    peer.connect(keepalive=2)
    # The first is not pumped: it sends no PINGREQ.
    equal("the will", other.hears(1), [(topics[4], "keepalive expiry")])
    if time.monotonic() - began < 2:
        raise AssertionError("cut before its keep-alive was over")
    pump(peer, until=lambda: peer.gone)
    other.disconnect()


def redelivery_on_reconnect():
    peer = Peer("second", clean=False).connect()
    peer.subscribe(("TopicA/#", 2))
    # From here on it answers nothing; another one sends to it, so that whatever comes twice came from the server.
    other = Peer("first").connect()
    other.publish(topics[1], "1", 1)
    other.publish(topics[3], "2", 2)
    other.disconnect()
    peer.vanish()
    pump(peer, until=lambda: peer.gone)
    peer.messages.clear()
    peer.connect()
    equal("session present", peer.present, True)
    equal("what is delivered again", peer.hears(2, "1", "2"), [(topics[1], "1"), (topics[3], "2")])
    peer.disconnect()
    peer.messages.clear()
    peer.connect()
    equal("what is delivered after its acknowledgement", peer.hears(0), [])
    peer.disconnect()
    Peer("second").connect().disconnect()


def redelivery_of_ones_own():
    """As in the suite: the one that stops answering publishes to itself before it goes."""
    peer = Peer("second", clean=False).connect()
    peer.subscribe(("TopicA/#", 2))
    peer.client.publish(topics[1], "1", qos=1)
    peer.client.publish(topics[3], "2", qos=2)
    peer.client.disconnect()
    pump(peer, until=lambda: peer.gone)
    peer.messages.clear()
    peer.connect()
    # It sends both again: QoS 1 may come once more by that, QoS 2 may not.
    once, again = [(topics[1], "1")], [(topics[1], "1"), (topics[1], "1")]
    equal("what is delivered", peer.hears(2, "1", "2"), once + [(topics[3], "2")], again + [(topics[3], "2")])
    peer.disconnect()
    Peer("second").connect().disconnect()


def zero_length_client_id():
    # Paho takes an id of its own after the refusal of an empty one: the server is asked without it.
    with socket.create_connection((HOST, order["port"])) as raw:
        raw.sendall(connect_packet(client_id=b"", clean=False))
        equal("the answer to no id and a session that is kept", rest_of(raw), b"\x20\x02\x00\x02")
    fresh = Peer("").connect()
    equal("CONNECT without an id, with a clean session: accepted", fresh.accepted, True)
    fresh.subscribe((topics[0], 1))
    fresh.publish(topics[0], "mine", 1)
    equal("what it hears", fresh.hears(1), [(topics[0], "mine")])
    fresh.disconnect()


def subscribe_failure():
    peer = Peer("first").connect()
    equal("granted QoS", peer.subscribe((order["refusedFilter"], 2), (topics[0], 2)), [0x80, 2])
    peer.disconnect()


def dollar_topics():
    peer = Peer("second").connect(keepalive=0)
    peer.subscribe(("+/+", 2), ("#", 2))
    peer.publish("$" + topics[1], "hidden", 1)
    equal("what a wildcard matches", peer.hears(0), [])
    peer.publish(topics[1], "seen", 1)
    equal("what it hears afterwards", peer.hears(1), [(topics[1], "seen")])
    peer.disconnect()


def unsubscribe():
    peer = Peer("second").connect()
    peer.subscribe((topics[0], 2), (topics[1], 2), (topics[2], 2))
    peer.client.unsubscribe(topics[0])
    pump(peer, until=lambda: peer.unsubscribed == 1)
    other = Peer("first").connect()
    for topic in topics[:3]:
        other.publish(topic, "1", 1)
    equal("what it hears", peer.hears(2), sorted([(topics[1], "1"), (topics[2], "1")]))
    other.disconnect()
    peer.disconnect()


for case in (
    basic,
    second_connect_on_a_connection,
    wrong_protocol_name,
    retained_messages,
    offline_message_queueing,
    will_message,
    no_will_after_disconnect,
    overlapping_subscriptions,
    keepalive,
    redelivery_on_reconnect,
    redelivery_of_ones_own,
    zero_length_client_id,
    subscribe_failure,
    dollar_topics,
    unsubscribe,
):
    wrong = None
    try:
        case()
    except Exception as error:  # Whatever ends a case is its outcome; the next one goes on.
        wrong = f"{type(error).__name__}: {error}"
    print(json.dumps({"case": case.__name__.replace("_", " "), "wrong": wrong}), flush=True)
