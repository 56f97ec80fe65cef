import kafkajs, { type Admin } from 'kafkajs';
import type { ErrorCode } from '../ops/errorCodes.ts';
import { OperationalError } from '../ops/errors.ts';
import { topicMetadata } from './topicMetadata.ts';
import type { Topic } from './topics.ts';

/** One difference between a topic as the registry wants it and as the broker has it. */
export interface TopicFinding {
  topic: string;
  /** `topic` when it is missing, `partitions`, or the name of a topic setting. */
  setting: 'topic' | 'partitions' | CheckedConfig;
  expected: string;
  actual: string;
}

/** Settings that change what the records mean; others (retention, sizes) are the operator's. */
const checkedConfigs = ['message.timestamp.type', 'cleanup.policy'] as const;
type CheckedConfig = (typeof checkedConfigs)[number];

/** Worst first: the first that occurs names the error. */
const severities: [setting: TopicFinding['setting'], code: ErrorCode, hint: string][] = [
  ['topic', 'TOPIC_MISSING', 'Create what is missing with `onhand topics ensure`.'],
  [
    'partitions',
    'PARTITION_COUNT_CHANGED',
    'The count is fixed for life: set ONHAND_PARTITIONS to what the topics have, ' +
      'or use new topics (ONHAND_TOPIC_PREFIX).',
  ],
  [
    'message.timestamp.type',
    'TOPIC_NOT_LOG_APPEND_TIME',
    'Set message.timestamp.type=LogAppendTime with kafka-configs: decisions are dated by it.',
  ],
  [
    'cleanup.policy',
    'TOPIC_WRONG_POLICY',
    'Set cleanup.policy with kafka-configs: compaction would eat commands and events.',
  ],
];

/** Compares the topics with the registry; changes nothing. An empty list means all is well. */
export async function checkTopics(
  admin: Admin,
  registry: Readonly<Record<string, Topic>>,
): Promise<TopicFinding[]> {
  const topics = Object.values<Topic>(registry);
  const partitions = await partitionCounts(admin, topics);
  const configs = await topicConfigs(admin, [...partitions.keys()]);
  return topics.flatMap((topic): TopicFinding[] => {
    const { name } = topic;
    const count = partitions.get(name);
    if (count === undefined) {
      return [{ topic: name, setting: 'topic', expected: 'exists', actual: 'missing' }];
    }
    const compared: Omit<TopicFinding, 'topic'>[] = [
      { setting: 'partitions', expected: String(topic.partitions), actual: String(count) },
      ...checkedConfigs.map((setting) => {
        const actual = configs.get(name)?.get(setting) ?? 'unknown';
        return { setting, expected: topic.configs[setting] ?? actual, actual };
      }),
    ];
    return compared
      .filter(({ expected, actual }) => expected !== actual)
      .map((finding) => ({ topic: name, ...finding }));
  });
}

/**
 * Throws when there are findings: TOPIC_MISSING, PARTITION_COUNT_CHANGED,
 * TOPIC_NOT_LOG_APPEND_TIME or TOPIC_WRONG_POLICY, the first that applies; the message lists all.
 */
export function requireTopics(findings: readonly TopicFinding[]): void {
  const present = severities.filter(([setting]) => findings.some((it) => it.setting === setting));
  const [worst] = present;
  if (!worst) return;
  const lines = findings.map(lineOf);
  const message = lines.length === 1 ? lines.join('') : lines.map((it) => `\n  ${it}`).join('');
  throw new OperationalError(worst[1], message, {
    hint: present.map(([, , hint]) => hint).join('\n  '),
  });
}

function lineOf({ topic, setting, expected, actual }: TopicFinding): string {
  if (setting === 'topic') return `topic ${topic} does not exist`;
  return `topic ${topic}: ${setting} is ${actual}, expected ${expected}`;
}

/** Only topics that exist have an entry. */
async function partitionCounts(admin: Admin, topics: Topic[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name } of topics) {
    const metadata = await topicMetadata(admin, name);
    if (metadata) counts.set(name, metadata.partitions.length);
  }
  return counts;
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
