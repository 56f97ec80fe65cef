import { Command } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { topicsWithSchema } from '../messaging/registry/ownSchemas.ts';
import { registerSubjects } from '../messaging/registry/registerSubjects.ts';
import { RegistryClient } from '../messaging/registry/registryClient.ts';
import {
  type SubjectState,
  checkSubjects,
  requireSubjects,
} from '../messaging/registry/subjectCheck.ts';
import { type Topic, topicRegistry } from '../messaging/topics.ts';
import { textTable } from '../ops/textTable.ts';
import { printLine } from './print.ts';

interface Options {
  json?: boolean;
  dryRun?: boolean;
}

const examples = `
Examples:
  $ onhand schemas list                 what the schema registry holds for each topic
  $ onhand schemas check --json         the same, for scripts (exit code 1: not in order)
  $ onhand schemas register --dry-run   say what would be registered
  $ onhand schemas register             register what is missing, then check

The subject of a topic is its name with -value. The registry comes from
ONHAND_SCHEMA_REGISTRY_URL.`;

/** `onhand schemas`: looks up, checks and registers the Avro schemas in a schema registry. */
export function schemasCommand(): Command {
  const command = new Command('schemas')
    .description('look up, check and register the schemas in a schema registry')
    .addHelpText('after', examples);
  const add = (name: string, description: string, work: Work) => {
    return command
      .command(name)
      .description(description)
      .option('--json', 'print JSON')
      .action((options: Options) => withRegistry(work, options));
  };
  add('list', 'print what the registry holds for each topic', list);
  add('check', 'compare the registry with our schemas, change nothing', check);
  add('register', 'register the schemas that are missing, then check all', register).option(
    '--dry-run',
    'register nothing, only say what is missing',
  );
  return command;
}

type Work = (client: RegistryClient, topics: Topic[], options: Options) => Promise<void>;

async function withRegistry(work: Work, options: Options): Promise<void> {
  const { values: settings } = loadSettings();
  await work(new RegistryClient(settings), topicsWithSchema(topicRegistry(settings)), options);
}

async function list(client: RegistryClient, topics: Topic[], options: Options): Promise<void> {
  print(await checkSubjects(client, topics), options);
}

async function check(client: RegistryClient, topics: Topic[], options: Options): Promise<void> {
  const states = await checkSubjects(client, topics);
  print(states, options);
  requireSubjects(states);
}

async function register(client: RegistryClient, topics: Topic[], options: Options): Promise<void> {
  const before = await checkSubjects(client, topics);
  const wrong = before.filter(({ status }) => status === 'incompatible');
  if (options.dryRun) return print(before, options, 'would be registered');
  requireSubjects(wrong);
  await registerSubjects(client, topics);
  await check(client, topics, options);
}

function print(states: SubjectState[], { json }: Options, missing = 'missing'): void {
  if (json) return printLine(JSON.stringify(states.map(plain), null, 2));
  const rows = states.map(({ subject, schema, registered, status, detail }) => [
    subject,
    schema.name,
    schema.fingerprint.toString('hex'),
    registered.map(({ version, id }) => `${version} (id ${id})`).join(', '),
    status === 'missing' ? missing : [status, detail].filter(Boolean).join(': '),
  ]);
  printLine(textTable(['subject', 'schema', 'fingerprint', 'versions', 'status'], rows));
}

function plain({ schema, registered, ...state }: SubjectState) {
  const fingerprint = schema.fingerprint.toString('hex');
  const versions = registered.map(({ version, id, schema }) => {
    return { version, id, fingerprint: schema.fingerprint.toString('hex') };
  });
  return { ...state, schema: schema.name, fingerprint, versions };
}
