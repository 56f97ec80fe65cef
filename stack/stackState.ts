import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { OperationalError, messageOf } from '../src/ops/errors.ts';
import { stackPaths } from './stackPaths.ts';
import { writePrivateFile } from './writePrivateFile.ts';

/** The brokers of Kafka, by node id from 1: the first alone, or all. */
export const brokerNames = ['kafka', 'kafka-2', 'kafka-3'] as const;
export type BrokerName = (typeof brokerNames)[number];
export const serverNames = [...brokerNames, 'mysql', 'redis'] as const;
export type ServerName = (typeof serverNames)[number];

const port = z.number().int().min(1).max(65535);
/** For a stack that is older than these brokers; `up` takes another if somebody listens there. */
const laterPort = port.default(() => randomInt(15_000, 32_000));
const secret = () => randomBytes(24).toString('base64url');

const started = z.object({
  pid: z.number().int().positive(),
  /** Start time of the process in clock ticks since boot: tells a re-used pid apart. */
  startTime: z.string(),
  version: z.string(),
});

const stackState = z.object({
  mode: z.enum(['native', 'docker']),
  /** How many of `brokerNames` make up its Kafka; fixed with the data. */
  brokers: z.union([z.literal(1), z.literal(brokerNames.length)]).default(1),
  ports: z.object({
    kafka: port,
    kafkaController: port,
    'kafka-2': laterPort,
    'kafkaController-2': laterPort,
    'kafka-3': laterPort,
    'kafkaController-3': laterPort,
    mysql: port,
    redis: port,
  }),
  passwords: z.object({
    mysqlRoot: z.string(),
    mysqlMigrate: z.string(),
    mysqlApp: z.string(),
    mysqlRead: z.string(),
    /** Younger than the others: a stack that has none gets one, with its user, by `up`. */
    mysqlOperator: z.string().default(secret),
    redis: z.string(),
  }),
  /** Sixteen bytes in base64url, as Kafka wants it. */
  kafkaClusterId: z.string(),
  /** The cached programs that made the data of MySQL, which older ones could not open. */
  packages: z.string().optional(),
  servers: z.partialRecord(z.enum(serverNames), started),
});

/** What `onhand stack` remembers between calls: in `.onhand/stack.json`, for its owner's eyes. */
export type StackState = z.infer<typeof stackState>;
export type StackPorts = StackState['ports'];
export type BrokerCount = StackState['brokers'];
export const portNames = Object.keys(stackState.shape.ports.shape) as (keyof StackPorts)[];

export function brokersOf({ brokers }: Pick<StackState, 'brokers'>): readonly BrokerName[] {
  return brokerNames.slice(0, brokers);
}

/** The servers that this stack has. Without a stack yet: those that it would have. */
export function serversOf(state: Pick<StackState, 'brokers'> = { brokers: 1 }): ServerName[] {
  return [...brokersOf(state), 'mysql', 'redis'];
}

/** The state that `stack up` left, or undefined before the first one. */
export function readStackState(): StackState | undefined {
  if (!existsSync(stackPaths.state)) return undefined;
  try {
    return stackState.parse(JSON.parse(readFileSync(stackPaths.state, 'utf8')));
  } catch (error) {
    throw new OperationalError(
      'STACK_STATE_DAMAGED',
      `${stackPaths.state} cannot be read: ${messageOf(error)}`,
      { hint: `End servers that still run below ${stackPaths.folder}, then delete that folder.` },
    );
  }
}

export function writeStackState(state: StackState): void {
  writePrivateFile(stackPaths.state, JSON.stringify(state, null, 2) + '\n');
}

/** A first state with fresh random passwords. */
export function newStackState(
  mode: StackState['mode'],
  brokers: BrokerCount,
  ports: StackPorts,
): StackState {
  const clusterId = randomBytes(16);
  // A first character that is a letter: an id that began with a dash would look like an option.
  clusterId[0] = randomInt(0x80);
  return {
    mode,
    brokers,
    ports,
    passwords: {
      mysqlRoot: secret(),
      mysqlMigrate: secret(),
      mysqlApp: secret(),
      mysqlRead: secret(),
      mysqlOperator: secret(),
      redis: secret(),
    },
    kafkaClusterId: clusterId.toString('base64url'),
    servers: {},
  };
}
