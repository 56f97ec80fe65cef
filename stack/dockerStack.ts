import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { messageOf } from '../src/ops/errors.ts';
import { provisionMysql } from './provisionMysql.ts';
import { runTool } from './runTool.ts';
import { stackPaths } from './stackPaths.ts';
import type { ServerName, StackState } from './stackState.ts';
import { stepFailed } from './stepFailed.ts';
import { stopwatch } from './stopwatch.ts';
import { waitReady } from './waitReady.ts';
import { writePrivateFile } from './writePrivateFile.ts';

/**
 * Starts one server's container, if it does not run, and waits until the server answers. Answers
 * in words what was done.
 */
export async function startInDocker(name: ServerName, state: StackState): Promise<string> {
  const time = stopwatch();
  await compose(`start ${name} in Docker`, state, ['up', '--detach', name]);
  try {
    await waitReady(name, state, () => true);
    if (name === 'mysql') await provisionMysql(state);
    return `is ready after ${time()}`;
  } catch (error) {
    await compose(`log of ${name}`, state, ['logs', '--tail', '20', name]);
    throw stepFailed(`start ${name}`, composeLog(name), { reason: messageOf(error) });
  }
}

/** Ends the containers; their data stay in volumes unless `volumes` says that they go, too. */
export async function stopDocker(state: StackState, volumes: boolean): Promise<void> {
  await compose('stop containers', state, ['down', ...(volumes ? ['--volumes'] : [])]);
}

/** Prints the logs of containers, as Docker keeps them. */
export function printDockerLogs(state: StackState, args: string[]): void {
  spawnSync('docker', [...composeArguments(state), 'logs', ...args], { stdio: 'inherit' });
}

async function compose(step: string, state: StackState, args: string[]): Promise<void> {
  writePrivateFile(join(stackPaths.docker, 'mysql_root'), state.passwords.mysqlRoot);
  const redis = `requirepass ${state.passwords.redis}\nsave ""\nappendonly no\n`;
  writePrivateFile(join(stackPaths.docker, 'redis_conf'), redis);
  const command: [string, ...string[]] = ['docker', ...composeArguments(state), ...args];
  await runTool(step, command, { logFile: composeLog(args.at(-1) ?? '') });
}

function composeLog(name: string): string {
  return stackPaths.log(`docker-${name.replace(/^-+/, '')}`);
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
