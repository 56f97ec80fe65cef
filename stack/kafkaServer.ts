import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaJars, kafkaVersion } from './kafkaJars.ts';
import type { NativeServer } from './nativeServer.ts';
import { java } from './java.ts';
import { runTool } from './runTool.ts';
import { stackPaths } from './stackPaths.ts';
import type { StackState } from './stackState.ts';
import { writePrivateFile } from './writePrivateFile.ts';

const folder = stackPaths.server('kafka');
const properties = join(folder, 'server.properties');

/** Kafka as one process that is broker and controller. */
export const kafkaServer: NativeServer = {
  ports: ['kafka', 'kafkaController'],
  async prepare(state, progress) {
    const program = java();
    const jars = await kafkaJars(progress);
    const data = join(folder, 'data');
    writePrivateFile(properties, kafkaProperties(state, data));
    const run = (heap: string, main: string, ...args: string[]): [string, ...string[]] => [
      program,
      `-Xmx${heap}`,
      '-Dorg.apache.logging.log4j.level=WARN',
      '-cp',
      join(jars, '*'),
      main,
      ...args,
    ];
    // Without its metadata log the broker has never run: what else is there may be half-written.
    if (!existsSync(join(data, '__cluster_metadata-0'))) {
      progress('formatting the data folder');
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data, { recursive: true });
      const args = ['format', '--cluster-id', state.kafkaClusterId, '--config', properties];
      const format = run('128m', 'kafka.tools.StorageTool', ...args);
      await runTool('Kafka data folder', format, { logFile: stackPaths.log('kafka-format') });
    }
    return { command: run('512m', 'kafka.Kafka', properties), version: kafkaVersion() };
  },
};

function kafkaProperties(state: StackState, data: string): string {
  const { kafka, kafkaController } = state.ports;
  const settings: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${kafkaController}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${kafka},CONTROLLER://127.0.0.1:${kafkaController}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${kafka}`,
    'log.dirs': data,
    'auto.create.topics.enable': 'false',
    'delete.topic.enable': 'true',
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // After a kill the next start waits until the session of the dead one is over.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    // Tests use short sessions to see a consumer's death soon.
    'group.min.session.timeout.ms': 1000,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
