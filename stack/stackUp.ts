import { chooseMode } from './chooseMode.ts';
import { settleInDocker, startContainers } from './dockerStack.ts';
import { checkExternal, externalServers } from './externalServers.ts';
import { freePort } from './freePort.ts';
import { startNative } from './nativeStack.ts';
import { packagesOf, versionOf } from './serverPackages.ts';
import { runningServer } from './runningServer.ts';
import { type Step, runSteps } from './runSteps.ts';
import { writeStackEnv } from './stackEnv.ts';
import { stackPaths } from './stackPaths.ts';
import {
  type ServerName,
  type StackState,
  newStackState,
  readStackState,
  serverNames,
  writeStackState,
} from './stackState.ts';
import { stopwatch } from './stopwatch.ts';
import { withLock } from './withLock.ts';

/**
 * Makes every server run and answer: those with a given address are only checked, the others are
 * started in Docker or natively. Harmless when they run. Shows its steps unless `silent`.
 */
export async function stackUp({ silent }: { silent: boolean }): Promise<void> {
  const onWait = (pid: number) => {
    if (!silent) process.stderr.write(`process ${pid} works on this stack, waiting\n`);
  };
  await withLock(stackPaths.lock, onWait, async () => {
    const external = externalServers();
    const own = serverNames.filter((name) => !external[name]);
    const checks = serverNames.flatMap((name): Step[] => {
      const server = external[name];
      if (!server) return [];
      const done = `${name} at ${server.addresses.join(', ')} (given) answers`;
      return [{ title: name, work: () => checkExternal(name, server).then(() => done) }];
    });
    if (own.length === 0) return runSteps(checks, silent);
    const state = readStackState() ?? (await firstState());
    writeStackState(state);
    const starts = state.mode === 'docker' ? dockerSteps(own, state) : nativeSteps(own, state);
    await runSteps([...checks, ...starts], silent);
    writeStackEnv(state, own);
  });
}

async function firstState(): Promise<StackState> {
  const ports: number[] = [];
  for (let i = 0; i < 4; i++) ports.push(await freePort(ports));
  const [kafka = 0, kafkaController = 0, mysql = 0, redis = 0] = ports;
  return newStackState(chooseMode(), { kafka, kafkaController, mysql, redis });
}

function dockerSteps(own: ServerName[], state: StackState): Step[] {
  let containers: Promise<void> | undefined;
  return own.map((name): Step => {
    const work: Step['work'] = async (progress) => {
      const time = stopwatch();
      progress('starting its container');
      // One call for all: several at a time would each make the project's network.
      await (containers ??= startContainers(own, state));
      await settleInDocker(name, state);
      return `${name} on 127.0.0.1:${state.ports[name]} (docker) ready after ${time()}`;
    };
    return { title: name, work };
  });
}

function nativeSteps(own: ServerName[], state: StackState): Step[] {
  const starts = own.map((name): Step => {
    const work: Step['work'] = async (progress) => {
      const done = await startNative(name, state, progress);
      return `${name} on 127.0.0.1:${state.ports[name]} (native) ${done}`;
    };
    return { title: name, work };
  });
  if (own.every((name) => name === 'kafka' || runningServer(name, state))) return starts;
  const packages: Step['work'] = async (progress) => {
    const time = stopwatch();
    const folder = await packagesOf(state, progress);
    const [mysql, redis] = [versionOf(folder, 'mysql'), versionOf(folder, 'redis')];
    return `packages of MySQL ${mysql} and Redis ${redis} at hand, ${time()}`;
  };
  return [{ title: 'packages', work: packages }, ...starts];
}
