"""Sends commands or order events to onhand, one JSON object a line on standard input.

    send.py BROKERS TOPIC SCHEMA < messages.ndjson
    send.py - - SCHEMA                  prints the bytes of each as hex, and sends nothing

SCHEMA is a file of onhand's schemas/strict: there each body names its kind, as in

    {"key": "tea", "value": {"commandId": "c-1", "sku": "tea",
                             "body": {"kind": "ReceiveStock", "quantity": 5}}}

so that a misspelt or missing field is an error here and not another kind of command over there.
A message that does not fit is reported with its line and left out; then the exit code is 1.
Needs fastavro and confluent-kafka.
"""

import io
import json
import sys

import fastavro
from fastavro.schema import fingerprint, load_schema, to_parsing_canonical_form


def encoder(file):
    """A function from a dict to Avro single-object encoding: C3 01, fingerprint, body."""
    schema = load_schema(file)
    name = fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
    head = b"\xc3\x01" + bytes.fromhex(name)

    def encode(value):
        body = io.BytesIO()
        fastavro.schemaless_writer(body, schema, value)
        return head + body.getvalue()

    return encode


def opened(brokers, topic):
    """A function that sends a record and one that waits for all of them."""
    from confluent_kafka import Producer

    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "enable.idempotence": True,
            # Java's, and onhand's: librdkafka's own places keys in other partitions.
            "partitioner": "murmur2_random",
        }
    )
    lost = []

    def delivered(error, _record):
        if error is not None:
            lost.append(error)

    def flush():
        producer.flush()
        if lost:
            raise SystemExit(f"{len(lost)} records were not delivered, the first: {lost[0]}")

    def send(key, value):
        producer.produce(topic, key=key, value=value, on_delivery=delivered)
        producer.poll(0)

    return send, flush


def main(brokers, topic, schema):
    encode = encoder(schema)
    send, flush = (None, lambda: None) if brokers == "-" else opened(brokers, topic)
    refused = 0
    for number, line in enumerate(sys.stdin, 1):
        message = json.loads(line)
        try:
            value = encode(message["value"])
        except Exception as error:
            refused += 1
            # fastavro lists the whole schema when nothing in it fits.
            print(f"line {number} refused: {str(error)[:160]}")
            continue
        if send is None:
            print(value.hex())
        else:
            send(message["key"], value)
    flush()
    return 1 if refused else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    raise SystemExit(main(*sys.argv[1:]))
