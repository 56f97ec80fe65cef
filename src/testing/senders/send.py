"""Sends what standard input says, a record in each line: codec, topic, partition, key and value in
hex. An empty line ends a batch. Argument: brokers."""

import sys

from confluent_kafka import Producer


def refuse(error, _message):
    if error is not None:
        raise RuntimeError(error)


def main(brokers):
    producers = {}
    for line in sys.stdin:
        words = line.rstrip("\n").split(" ")
        if words == [""]:
            for producer in producers.values():
                producer.flush()
            continue
        codec, topic, partition, key, value = words
        if codec not in producers:
            producers[codec] = Producer(
                {
                    "bootstrap.servers": brokers,
                    "compression.type": codec,
                    "enable.idempotence": True,
                    "linger.ms": 60000,
                }
            )
        producers[codec].produce(
            topic,
            partition=int(partition),
            key=bytes.fromhex(key),
            value=bytes.fromhex(value),
            on_delivery=refuse,
        )
    for producer in producers.values():
        producer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
