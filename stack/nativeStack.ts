import { messageOf } from '../src/ops/errors.ts';
import { freePort, isFree } from './freePort.ts';
import { kafkaServer } from './kafkaServer.ts';
import { mysqlServer } from './mysqlServer.ts';
import type { NativeServer } from './nativeServer.ts';
import type { Progress } from './progress.ts';
import { provisionMysql } from './provisionMysql.ts';
import { redisServer } from './redisServer.ts';
import { runningServer } from './runningServer.ts';
import { type ServerProcess, endProcess, isAlive, startDetached } from './serverProcess.ts';
import { stackPaths } from './stackPaths.ts';
import { type ServerName, type StackState, writeStackState } from './stackState.ts';
import { stepFailed } from './stepFailed.ts';
import { stopwatch } from './stopwatch.ts';
import { waitReady } from './waitReady.ts';

const servers: Record<ServerName, NativeServer> = {
  kafka: kafkaServer('kafka'),
  'kafka-2': kafkaServer('kafka-2'),
  'kafka-3': kafkaServer('kafka-3'),
  mysql: mysqlServer,
  redis: redisServer,
};
const startHint =
  'Run `onhand stack up` again. If the data are damaged, `onhand stack reset` makes room for new.';
const politeMs = 30_000;
const killedMs = 10_000;

/**
 * Starts one server, if it does not run, and waits until it answers. Its port stays what it was
 * unless somebody else took it. Answers in words what was done.
 */
export async function startNative(
  name: ServerName,
  state: StackState,
  progress: Progress,
): Promise<string> {
  const running = runningServer(name, state);
  if (running) {
    await settle(name, state, running);
    return 'runs already';
  }
  await replaceTakenPorts(name, state);
  const { command, version } = await servers[name].prepare(state, progress);
  progress(`starting ${version}`);
  const time = stopwatch();
  const started = launch(name, state, command, version);
  try {
    await settle(name, state, started);
  } catch (error) {
    // While programs were fetched somebody else may have taken the port; once more, then.
    if (isAlive(started) || !(await replaceTakenPorts(name, state))) throw error;
    const again = await servers[name].prepare(state, progress);
    await settle(name, state, launch(name, state, again.command, version));
  }
  return `started in ${time()}`;
}

/** Ends one server, politely first. Harmless when it does not run. */
export async function stopNative(name: ServerName, state: StackState): Promise<void> {
  const running = runningServer(name, state);
  if (running && !(await endProcess(running, 'SIGTERM', politeMs))) {
    await endProcess(running, 'SIGKILL', killedMs);
  }
  delete state.servers[name];
  writeStackState(state);
}

function launch(
  name: ServerName,
  state: StackState,
  [program, ...args]: [string, ...string[]],
  version: string,
): ServerProcess {
  const options = { cwd: stackPaths.server(name), logFile: stackPaths.log(name) };
  const started = startDetached(program, args, options);
  state.servers[name] = { ...started, version };
  // At once, so that the server is known whatever becomes of this process.
  writeStackState(state);
  return started;
}

async function settle(name: ServerName, state: StackState, server: ServerProcess): Promise<void> {
  try {
    await waitReady(name, state, () => isAlive(server));
    if (name === 'mysql') await provisionMysql(state);
  } catch (error) {
    const reason = messageOf(error);
    throw stepFailed(`start ${name}`, stackPaths.log(name), { reason, hint: startHint });
  }
}

/**
 * Gives a server that does not run other ports in place of those that somebody took, and answers
 * whether it had to. Brokers know each other's: all get theirs before the first one is started.
 */
export async function replaceTakenPorts(name: ServerName, state: StackState): Promise<boolean> {
  let replaced = false;
  for (const port of servers[name].ports) {
    if (await isFree(state.ports[port])) continue;
    state.ports[port] = await freePort(Object.values(state.ports));
    replaced = true;
  }
  return replaced;
}
