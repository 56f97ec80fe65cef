import { OperationalError } from '../src/ops/errors.ts';
import { chooseMode } from './chooseMode.ts';
import { settleInDocker, startContainers } from './dockerStack.ts';
import { checkExternal, externalServers } from './externalServers.ts';
import { freePort } from './freePort.ts';
import { replaceTakenPorts, startNative } from './nativeStack.ts';
import { packagesOf, versionOf } from './serverPackages.ts';
import { runningServer } from './runningServer.ts';
import { type Step, runSteps } from './runSteps.ts';
import { writeStackEnv } from './stackEnv.ts';
import { stackPaths } from './stackPaths.ts';
import {
  type BrokerCount,
  type ServerName,
  type StackPorts,
  type StackState,
  brokersOf,
  newStackState,
  portNames,
  readStackState,
  serversOf,
  writeStackState,
} from './stackState.ts';
import { stopwatch } from './stopwatch.ts';
import { withLock } from './withLock.ts';

interface UpOptions {
  silent: boolean;
  /** Brokers of a new stack; as many as it has unless given. */
  brokers?: BrokerCount;
}

/**
 * Makes every server run and answer: those with a given address are only checked, the others are
 * started in Docker or natively. Harmless when they run. Shows its steps unless `silent`. Throws
 * STACK_BROKERS when another number of brokers is asked for than the stack can have.
 */
export async function stackUp({ silent, brokers }: UpOptions): Promise<void> {
  const onWait = (pid: number) => {
    if (!silent) process.stderr.write(`process ${pid} works on this stack, waiting\n`);
  };
  await withLock(stackPaths.lock, onWait, async () => {
    const external = externalServers();
    const checks = serversOf().flatMap((name): Step[] => {
      const server = external[name];
      if (!server) return [];
      const done = `${name} at ${server.addresses.join(', ')} (given) answers`;
      return [{ title: name, work: () => checkExternal(name, server).then(() => done) }];
    });
    if (serversOf().every((name) => external[name])) return runSteps(checks, silent);
    const state = readStackState() ?? (await firstState(brokers ?? 1));
    requireBrokers(brokers, state);
    const isGiven = (name: ServerName) =>
      Boolean(name.startsWith('kafka') ? external.kafka : external[name]);
    const own = serversOf(state).filter((name) => !isGiven(name));
    if (state.mode === 'native') await settlePorts(state);
    writeStackState(state);
    const starts = state.mode === 'docker' ? dockerSteps(own, state) : nativeSteps(own, state);
    await runSteps([...checks, ...starts], silent);
    writeStackEnv(state, own);
  });
}

async function firstState(brokers: BrokerCount): Promise<StackState> {
  const ports: Partial<StackPorts> = {};
  for (const name of portNames) ports[name] = await freePort(Object.values(ports));
  return newStackState(chooseMode(), brokers, ports as StackPorts);
}

/** The nodes of a cluster know each other from their data: their number stays what it is. */
function requireBrokers(asked: BrokerCount | undefined, { mode, brokers }: StackState): void {
  if (mode === 'docker' && brokers > 1) {
    throw new OperationalError('STACK_BROKERS', 'a stack in containers has one broker', {
      hint: 'Start three where no Docker engine answers, or name your own in ONHAND_KAFKA_BROKERS.',
    });
  }
  if (asked === undefined || asked === brokers) return;
  throw new OperationalError('STACK_BROKERS', `this stack has ${brokers} broker(s), not ${asked}`, {
    hint: '`onhand stack reset` deletes it and its data; the next `stack up` makes a new one.',
  });
}

async function settlePorts(state: StackState): Promise<void> {
  for (const name of brokersOf(state)) {
    if (!runningServer(name, state)) await replaceTakenPorts(name, state);
  }
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
  if (own.every((name) => name.startsWith('kafka') || runningServer(name, state))) return starts;
  const packages: Step['work'] = async (progress) => {
    const time = stopwatch();
    const folder = await packagesOf(state, progress);
    const [mysql, redis] = [versionOf(folder, 'mysql'), versionOf(folder, 'redis')];
    return `packages of MySQL ${mysql} and Redis ${redis} at hand, ${time()}`;
  };
  return [{ title: 'packages', work: packages }, ...starts];
}
