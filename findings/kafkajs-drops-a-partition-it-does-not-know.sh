#!/usr/bin/env bash
# kafkajs 2.2.4, sends with a partition that the sender has chosen.
#
# Seen: a record for a partition that the client's metadata do not have (a topic that has just got
# more partitions and an older client; a partition number of another topic) is left out, and the
# send resolves, with an answer for the other partitions only: nothing was sent, nothing was
# refused. The metadata here stand for a topic of one partition; the code that drops the record is
# the library's own.
#
# Expected: an error, or newer metadata and another try, as for a topic that is not known.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund kafkajs@2.2.4
cat >show.cjs <<'JS'
const { Partitioners } = require('kafkajs');
const Cluster = require('kafkajs/src/cluster');
const createEosManager = require('kafkajs/src/producer/eosManager');
const createRetry = require('kafkajs/src/retry');
const createSendMessages = require('kafkajs/src/producer/sendMessages');

const sent = [];
const broker = {
  nodeId: '1',
  produce: async ({ topicData }) => ({
    topics: topicData.map(({ topic, partitions }) => ({
      topicName: topic,
      partitions: partitions.map(({ partition, messages }) => {
        sent.push(...messages.map(({ value }) => value));
        return { partition, errorCode: 0, baseOffset: '0' };
      }),
    })),
  }),
};
const cluster = Object.assign(Object.create(Cluster.prototype), {
  targetTopics: new Set(['stock']),
  addMultipleTargetTopics: async () => undefined,
  refreshMetadataIfNecessary: async () => undefined,
  isConnected: () => true,
  findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
  findBroker: async () => broker,
});
const logger = { debug: () => undefined, error: console.log, namespace: () => logger };
const send = createSendMessages({
  logger,
  cluster,
  partitioner: Partitioners.DefaultPartitioner(),
  eosManager: createEosManager({ logger, cluster, transactional: false }),
  retrier: createRetry({ retries: 1 }),
});
const messages = [
  { value: 'known', partition: 0 },
  { value: 'unknown', partition: 7 },
];
send({ acks: -1, timeout: 1000, topicMessages: [{ topic: 'stock', messages }] }).then(
  (answer) => console.log(`resolved for partitions ${answer.map((it) => it.partition)}, sent ${sent}`),
  (error) => console.log(`rejected: ${error.message}`),
);
JS
seen=$(node show.cjs)
echo "$seen"
diff <(echo "$seen") - <<'TEXT'
resolved for partitions 0, sent known
TEXT
