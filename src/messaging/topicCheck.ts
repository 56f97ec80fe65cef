import kafkajs, { type Admin, type PartitionMetadata } from 'kafkajs';
import type { ErrorCode } from '../ops/errorCodes.ts';
import { OperationalError } from '../ops/errors.ts';
import { copiesWanted, countBrokers, defaultCopies, inSyncConfigs } from './topicCopies.ts';
import { topicMetadata } from './topicMetadata.ts';
import type { Topic } from './topics.ts';

/** One difference between a topic as the registry wants it and as the broker has it. */
export interface TopicFinding {
  topic: string;
  setting: CheckedSetting;
  /** A processor does not start with a refusal; with a warning it does. */
  severity: 'refusal' | 'warning';
  expected: string;
  actual: string;
}

/** `topic` when it is missing, `partitions`, `copies`, or the name of a topic setting. */
type CheckedSetting = 'topic' | 'partitions' | 'copies' | CheckedConfig;
type CheckedConfig = (typeof checkedConfigs)[number];

/** Of `checkedConfigs`, those that may be larger than the registry asks for, but not smaller. */
const leastConfigs: readonly string[] = ['retention.ms', 'max.message.bytes'];

/** Settings that change what the records mean, whether they last, or whether they fit. */
const checkedConfigs = [
  'message.timestamp.type',
  'cleanup.policy',
  'retention.ms',
  'max.message.bytes',
  'compression.type',
  'min.insync.replicas',
] as const;

/** What a finding means; of refusals, the first that occurs names the error. */
const meanings: Record<CheckedSetting, { code?: ErrorCode; hint: string }> = {
  topic: { code: 'TOPIC_MISSING', hint: 'Create what is missing with `onhand topics ensure`.' },
  partitions: {
    code: 'PARTITION_COUNT_CHANGED',
    hint:
      'The count is fixed for life: set ONHAND_PARTITIONS to what the topics have, ' +
      'or use new topics (ONHAND_TOPIC_PREFIX).',
  },
  'message.timestamp.type': {
    code: 'TOPIC_NOT_LOG_APPEND_TIME',
    hint: 'Set message.timestamp.type=LogAppendTime with kafka-configs: decisions are dated by it.',
  },
  'cleanup.policy': {
    code: 'TOPIC_WRONG_POLICY',
    hint: 'Set cleanup.policy with kafka-configs: compaction would eat commands and events.',
  },
  copies: {
    hint:
      'With three copies, one broker may be lost: add them with kafka-reassign-partitions, or ' +
      'set ONHAND_REPLICATION_FACTOR to what there shall be.',
  },
  'min.insync.replicas': {
    hint:
      'Set min.insync.replicas=2 with kafka-configs: else what only one broker has counts as ' +
      'sent, and is lost with it.',
  },
  'retention.ms': {
    hint:
      'Set retention.ms with kafka-configs to a week or more, or -1: a processor that is behind ' +
      'by more halts with COMMANDS_LOST, and replays reach back no further.',
  },
  'max.message.bytes': {
    hint: 'Raise max.message.bytes with kafka-configs: what is larger can never be published.',
  },
  'compression.type': {
    hint:
      'Set compression.type=producer with kafka-configs: all codecs are read, but the broker ' +
      'packs each batch anew.',
  },
};
const settings = Object.keys(meanings) as CheckedSetting[];

/** Compares the topics with the registry; changes nothing. An empty list means all is well. */
export async function checkTopics(
  admin: Admin,
  registry: Readonly<Record<string, Topic>>,
): Promise<TopicFinding[]> {
  const topics = Object.values<Topic>(registry);
  const brokers = await countBrokers(admin);
  const found = await topicPartitions(admin, topics);
  const configs = await topicConfigs(admin, [...found.keys()]);
  return topics.flatMap((topic): TopicFinding[] => {
    const { name } = topic;
    const partitions = found.get(name);
    const compared: Compared[] = partitions
      ? [
          ['partitions', String(topic.partitions), String(partitions.length)],
          ...comparedConfigs(topic, configs.get(name)),
          ...comparedCopies(topic, partitions, brokers, configs.get(name)),
        ]
      : [['topic', 'exists', 'missing']];
    return compared
      .filter(([, expected, actual]) => expected !== actual)
      .map(([setting, expected, actual]) => {
        const severity = meanings[setting].code ? 'refusal' : 'warning';
        return { topic: name, setting, severity, expected, actual };
      });
  });
}

type Compared = [setting: CheckedSetting, expected: string, actual: string];
type Configs = ReadonlyMap<string, string> | undefined;

/** What the registry asks for. */
function comparedConfigs(topic: Topic, configs: Configs): Compared[] {
  return checkedConfigs.flatMap((setting): Compared[] => {
    const expected = topic.configs[setting];
    if (expected === undefined) return [];
    const actual = configs?.get(setting) ?? 'unknown';
    const isEnough = leastConfigs.includes(setting) && isAtLeast(actual, expected);
    return isEnough ? [] : [[setting, expected, actual]];
  });
}

/** −1 is without a limit. */
function isAtLeast(actual: string, expected: string): boolean {
  return actual === '-1' || Number(actual) >= Number(expected);
}

/** What three brokers could do for a topic, or what was asked of them. */
function comparedCopies(
  topic: Topic,
  partitions: readonly PartitionMetadata[],
  brokers: number,
  configs: Configs,
): Compared[] {
  const wanted = Math.min(topic.replicationFactor ?? defaultCopies(brokers), brokers);
  const copies = Math.min(...partitions.map(({ replicas }) => replicas.length));
  // More than wanted is well.
  const compared: Compared[] = [['copies', String(Math.max(wanted, copies)), String(copies)]];
  const inSync = configs?.get('min.insync.replicas');
  if (copies >= copiesWanted && inSync === '1') {
    compared.push(['min.insync.replicas', inSyncConfigs['min.insync.replicas'], inSync]);
  }
  return compared;
}

/**
 * Throws when there are refusals: TOPIC_MISSING, PARTITION_COUNT_CHANGED,
 * TOPIC_NOT_LOG_APPEND_TIME or TOPIC_WRONG_POLICY, the first that applies; the message lists all.
 */
export function requireTopics(findings: readonly TopicFinding[]): void {
  const refusals = findings.filter(({ severity }) => severity === 'refusal');
  const code = settings
    .filter((setting) => refusals.some((finding) => finding.setting === setting))
    .map((setting) => meanings[setting].code)[0];
  if (!code) return;
  const lines = refusals.map(findingText);
  const message = lines.length === 1 ? lines.join('') : lines.map((it) => `\n  ${it}`).join('');
  throw new OperationalError(code, message, { hint: findingHints(refusals).join('\n  ') });
}

/** What to do about findings, each hint once. */
export function findingHints(findings: readonly TopicFinding[]): string[] {
  return settings
    .filter((setting) => findings.some((finding) => finding.setting === setting))
    .map((setting) => meanings[setting].hint);
}

export function findingText({ topic, setting, expected, actual }: TopicFinding): string {
  if (setting === 'topic') return `topic ${topic} does not exist`;
  return `topic ${topic}: ${setting} is ${actual}, expected ${expected}`;
}

/** Only topics that exist have an entry. */
async function topicPartitions(
  admin: Admin,
  topics: Topic[],
): Promise<Map<string, PartitionMetadata[]>> {
  const partitions = new Map<string, PartitionMetadata[]>();
  for (const { name } of topics) {
    const metadata = await topicMetadata(admin, name);
    if (metadata) partitions.set(name, metadata.partitions);
  }
  return partitions;
}

async function topicConfigs(admin: Admin, names: string[]) {
  const byTopic = new Map<string, Map<string, string>>();
  if (names.length === 0) return byTopic;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: [...checkedConfigs],
    })),
  });
  for (const { resourceName, configEntries } of resources) {
    const entries = configEntries.map(({ configName, configValue }) => {
      return [configName, configValue] as const;
    });
    byTopic.set(resourceName, new Map(entries));
  }
  return byTopic;
}
