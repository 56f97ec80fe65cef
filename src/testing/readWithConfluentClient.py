"""Prints the committed records of a topic as JSON lines, values decoded with a schema registry.

Arguments: brokers, address of the registry, topic. Uses nothing but Confluent's client and Avro.
"""

import json
import sys
from datetime import datetime

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from confluent_kafka.avro import CachedSchemaRegistryClient
from confluent_kafka.avro.serializer.message_serializer import MessageSerializer


def plain(value):
    """The library turns times into datetimes; here they are ms since 1970 again."""
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    raise TypeError(f"{value!r} has no JSON")


def main(brokers, registry, topic):
    serializer = MessageSerializer(CachedSchemaRegistryClient({"url": registry}))
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "reader-of-another-language",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
        }
    )
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, one, OFFSET_BEGINNING) for one in partitions])
    unread = set(partitions)
    while unread:
        message = consumer.poll(10)
        if message is None:
            raise TimeoutError(f"no record in 10 s, unread: {sorted(unread)}")
        if message.error():
            if message.error().code() != KafkaError._PARTITION_EOF:
                raise RuntimeError(message.error())
            unread.discard(message.partition())
            continue
        record = {
            "partition": message.partition(),
            "offset": message.offset(),
            "key": message.key().decode(),
            "value": serializer.decode_message(message.value()),
        }
        print(json.dumps(record, default=plain))
    consumer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
