import { Command } from 'commander';
import type { Admin } from 'kafkajs';
import { pino } from 'pino';
import { loadSettings } from '../config/loadSettings.ts';
import type { Settings } from '../config/settings.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { toOperationalError } from '../messaging/kafkaErrors.ts';
import { ensureTopics, missingTopics } from '../messaging/topicAdmin.ts';
import {
  type TopicFinding,
  checkTopics,
  findingHints,
  requireTopics,
} from '../messaging/topicCheck.ts';
import { textTable } from '../ops/textTable.ts';
import { printLine } from './print.ts';
import { type Topic, type TopicRegistry, topicRegistry } from '../messaging/topics.ts';

interface Options {
  json?: boolean;
  dryRun?: boolean;
}

const examples = `
Examples:
  $ onhand topics ensure             create what is missing, then check
  $ onhand topics ensure --dry-run   say what would be created
  $ onhand topics check --json       compare with the registry, for scripts (exit code 1: differs)

Topics that exist are never altered. Names, partitions and copies come from ONHAND_TOPIC_PREFIX,
ONHAND_PARTITIONS and ONHAND_REPLICATION_FACTOR; with three copies, two must have a record before
it counts as sent (min.insync.replicas). What could be better is told by check, which fails only for
what a processor refuses to work with.`;

/** `onhand topics`: creates and checks the Kafka topics of the registry. */
export function topicsCommand(): Command {
  const command = new Command('topics')
    .description('create and check the Kafka topics')
    .addHelpText('after', examples);
  command
    .command('ensure')
    .description('create the topics that are missing, then check all of them')
    .option('--dry-run', 'create nothing, only say what is missing')
    .option('--json', 'print JSON')
    .action((options: Options) => withAdmin((admin, registry) => ensure(admin, registry, options)));
  command
    .command('check')
    .description('compare the topics with the registry, change nothing')
    .option('--json', 'print JSON')
    .action((options: Options) => withAdmin((admin, registry) => check(admin, registry, options)));
  return command;
}

async function ensure(admin: Admin, registry: TopicRegistry, options: Options): Promise<void> {
  if (options.dryRun) {
    const missing = await missingTopics(admin, registry);
    const names = missing.map(({ name }) => name);
    print(registry, options, { missing: names }, (topic) =>
      names.includes(topic.name) ? 'would be created' : 'exists',
    );
    return;
  }
  const created = await ensureTopics(admin, registry);
  print(registry, options, { created }, (topic) =>
    created.includes(topic.name) ? 'created' : 'exists',
  );
}

async function check(admin: Admin, registry: TopicRegistry, options: Options): Promise<void> {
  const findings = await checkTopics(admin, registry);
  print(registry, options, { findings }, (topic) => statusOf(topic, findings));
  requireTopics(findings);
  if (options.json) return;
  for (const hint of findingHints(findings)) printLine(hint);
}

function statusOf(topic: Topic, findings: TopicFinding[]): string {
  const own = findings.filter((finding) => finding.topic === topic.name);
  if (own.length === 0) return 'ok';
  return own
    .map(({ setting, actual, expected, severity }) => {
      if (setting === 'topic') return actual;
      const more = severity === 'warning' ? `, better ${expected}` : '';
      return `${setting} is ${actual}${more}`;
    })
    .join('\n');
}

function print(
  registry: TopicRegistry,
  options: Options,
  outcome: object,
  status: (topic: Topic) => string,
): void {
  const topics = Object.values<Topic>(registry);
  if (options.json) {
    printLine(JSON.stringify({ topics, ...outcome }, null, 2));
    return;
  }
  const rows = topics.map((topic) => {
    const policy = topic.configs['cleanup.policy'] ?? '';
    return [topic.name, topic.key, topic.partitions, policy, topic.schema, status(topic)];
  });
  printLine(textTable(['topic', 'key', 'partitions', 'policy', 'values', 'status'], rows));
}

async function withAdmin(
  work: (admin: Admin, registry: TopicRegistry) => Promise<void>,
): Promise<void> {
  const settings: Settings = loadSettings().values;
  const admin = await connectAdmin(settings, commandLogger(settings));
  try {
    await work(admin, topicRegistry(settings));
  } catch (error) {
    throw toOperationalError(error, settings);
  } finally {
    await admin.disconnect();
  }
}

/** A command says what went wrong in its error; kafkajs' tries are for those who ask. */
function commandLogger({ ONHAND_LOG_LEVEL: level }: Settings) {
  const wanted = level === 'debug' || level === 'trace' ? level : 'silent';
  return pino({ level: wanted }, pino.destination(process.stderr.fd));
}
