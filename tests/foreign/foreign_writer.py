"""Writes to Kafka as another client does: one JSON object a line on stdin, one answer a line on stdout."""

import json
import sys

from confluent_kafka import Producer

brokers = sys.argv[1]
transactional = {}


def settings(command):
    return {
        "bootstrap.servers": brokers,
        "compression.type": command.get("codec", "none"),
        "message.max.bytes": 1000000000,
        "queue.buffering.max.kbytes": 2000000,
        "linger.ms": 50,
        "batch.size": command.get("batchBytes", 1000000),
    }


def value_of(entry):
    # A number stands for so many zeros.
    return b"\0" * entry if isinstance(entry, int) else entry.encode()


def produce(producer, command):
    for entry in command["values"]:
        producer.produce(command["topic"], partition=0, key=b"key", value=value_of(entry))
        if command.get("alone"):
            producer.flush()
    if producer.flush(60) > 0:
        raise RuntimeError("not everything was delivered")


def write(command):
    produce(Producer(settings(command)), command)


def transaction(command):
    name = command["transaction"]
    producer = transactional.get(name)
    if producer is None:
        producer = Producer(settings(command) | {"transactional.id": name})
        producer.init_transactions(30)
        transactional[name] = producer
    producer.begin_transaction()
    produce(producer, command)
    end = command.get("end")
    if end == "commit":
        producer.commit_transaction(30)
    elif end == "abort":
        producer.abort_transaction(30)


for line in sys.stdin:
    command = json.loads(line)
    try:
        (transaction if "transaction" in command else write)(command)
        print("done", flush=True)
    except Exception as problem:
        print(f"failed: {problem}", flush=True)
