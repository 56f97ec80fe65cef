import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { java } from './java.ts';
import { kafkaJars, kafkaVersion } from './kafkaJars.ts';
import type { Launch } from './nativeServer.ts';
import type { Progress } from './progress.ts';
import { runTool } from './runTool.ts';
import { writePrivateFile } from './writePrivateFile.ts';

/** One process that is broker and controller, and the nodes with which it forms a cluster. */
export interface KafkaNode {
  id: number;
  /** For its configuration and, below it, its data. */
  folder: string;
  clusterId: string;
  /** All nodes of the cluster, this one included; all on the loopback. */
  nodes: readonly { id: number; port: number; controllerPort: number }[];
  /** What overrides or completes the settings that every node here has. */
  settings: Readonly<Record<string, string | number>>;
  /** As Java's -Xmx takes it. */
  heap: string;
  /** Where the tool that makes the data folder writes. */
  formatLog: string;
}

/** Makes jars, configuration and data folder of a node ready. Harmless when they are. */
export async function prepareKafkaNode(node: KafkaNode, progress: Progress): Promise<Launch> {
  const program = java();
  const jars = await kafkaJars(progress);
  const data = join(node.folder, 'data');
  const properties = join(node.folder, 'server.properties');
  writePrivateFile(properties, propertiesOf(node, data));
  const run = (heap: string, main: string, ...args: string[]): Launch['command'] => [
    program,
    `-Xmx${heap}`,
    '-Dorg.apache.logging.log4j.level=WARN',
    '-cp',
    join(jars, '*'),
    main,
    ...args,
  ];
  // Without its metadata log the node has never run: what else is there may be half-written.
  if (!existsSync(join(data, '__cluster_metadata-0'))) {
    progress('formatting the data folder');
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { recursive: true });
    const args = ['format', '--cluster-id', node.clusterId, '--config', properties];
    const format = run('128m', 'kafka.tools.StorageTool', ...args);
    await runTool('Kafka data folder', format, { logFile: node.formatLog });
  }
  return { command: run(node.heap, 'kafka.Kafka', properties), version: kafkaVersion() };
}

function propertiesOf({ id, nodes, settings }: KafkaNode, data: string): string {
  const own = nodes.find((node) => node.id === id);
  const voters = nodes.map((node) => `${node.id}@127.0.0.1:${node.controllerPort}`);
  const broker = `PLAINTEXT://127.0.0.1:${own?.port}`;
  // Three copies of which two are in sync at a write: the production form.
  const copies = nodes.length;
  const inSync = copies > 2 ? 2 : 1;
  const all: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: `${broker},CONTROLLER://127.0.0.1:${own?.controllerPort}`,
    'advertised.listeners': broker,
    'log.dirs': data,
    'auto.create.topics.enable': 'false',
    'delete.topic.enable': 'true',
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    'group.initial.rebalance.delay.ms': 0,
    // Tests use short sessions to see a consumer's death soon.
    'group.min.session.timeout.ms': 1000,
    ...settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
