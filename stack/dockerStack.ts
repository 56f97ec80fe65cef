import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { messageOf } from '../src/ops/errors.ts';
import { provisionMysql } from './provisionMysql.ts';
import { runTool } from './runTool.ts';
import { stackPaths } from './stackPaths.ts';
import type { ServerName, StackState } from './stackState.ts';
import { stepFailed } from './stepFailed.ts';
import { waitReady } from './waitReady.ts';
import { writePrivateFile } from './writePrivateFile.ts';

const hint =
  'Run the command in the first line of that log to see more. For native servers instead: ' +
  '`onhand stack reset`, then `onhand stack up` while no Docker engine answers.';

/** Starts the containers of these servers, if they do not run. */
export async function startContainers(names: ServerName[], state: StackState): Promise<void> {
  await compose('start containers', 'docker-up', state, ['up', '--detach', ...names]);
}

/** Waits until the server in a container answers. */
export async function settleInDocker(name: ServerName, state: StackState): Promise<void> {
  try {
    await waitReady(name, state, () => true);
    if (name === 'mysql') await provisionMysql(state);
  } catch (error) {
    const log = `docker-${name}`;
    await compose(`log of ${name}`, log, state, ['logs', '--tail', '20', name]);
    throw stepFailed(`start ${name}`, stackPaths.log(log), { reason: messageOf(error) });
  }
}

/** Ends the containers; their data stay in volumes unless `volumes` says that they go, too. */
export async function stopDocker(state: StackState, volumes: boolean): Promise<void> {
  const args = ['down', ...(volumes ? ['--volumes'] : [])];
  await compose('stop containers', 'docker-down', state, args);
}

/** Prints the logs of containers, as Docker keeps them. */
export function printDockerLogs(state: StackState, args: string[]): void {
  spawnSync('docker', [...composeArguments(state), 'logs', ...args], { stdio: 'inherit' });
}

async function compose(step: string, log: string, state: StackState, args: string[]) {
  writePrivateFile(join(stackPaths.docker, 'mysql_root'), state.passwords.mysqlRoot);
  const redis = `requirepass ${state.passwords.redis}\nsave ""\nappendonly no\n`;
  writePrivateFile(join(stackPaths.docker, 'redis_conf'), redis);
  const command: [string, ...string[]] = ['docker', ...composeArguments(state), ...args];
  await runTool(step, command, { logFile: stackPaths.log(log), hint });
}

function composeArguments({ ports, kafkaClusterId }: StackState): string[] {
  const variables = join(stackPaths.docker, 'compose.env');
  const values = {
    ONHAND_STACK_SECRETS: stackPaths.docker,
    ONHAND_STACK_KAFKA_PORT: ports.kafka,
    ONHAND_STACK_KAFKA_CLUSTER_ID: kafkaClusterId,
    ONHAND_STACK_MYSQL_PORT: ports.mysql,
    ONHAND_STACK_REDIS_PORT: ports.redis,
  };
  const lines = Object.entries(values).map(([name, value]) => `${name}='${value}'\n`);
  writePrivateFile(variables, lines.join(''));
  const place = ['--project-name', stackPaths.project, '--file', stackPaths.compose];
  return ['compose', '--env-file', variables, ...place];
}
