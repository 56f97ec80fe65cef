import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../stack/freePort.ts';
import { type ServerProcess, isAlive } from '../../../stack/serverProcess.ts';
import { stackPaths } from '../../../stack/stackPaths.ts';
import { writePrivateFile } from '../../../stack/writePrivateFile.ts';
import type { Settings } from '../../config/settings.ts';
import { ClusterNode, clusterFolder, endLeftovers } from './clusterNode.ts';

const size = 3;
const notes = join(clusterFolder, 'processes.json');

/**
 * Three brokers as in production: three copies of everything, two in sync for a write, Kafka's own
 * session of 9 seconds. But leaders move only when a test says so. One at a time per checkout.
 */
export class ThrowawayCluster {
  readonly nodes: readonly ClusterNode[];
  readonly settings: Pick<Settings, 'ONHAND_KAFKA_BROKERS' | 'ONHAND_REPLICATION_FACTOR'>;
  readonly #processes: ServerProcess[] = [];

  private constructor(ports: readonly number[]) {
    const places = Array.from({ length: size }, (_, index) => ({
      id: index + 1,
      port: ports[index] ?? 0,
      controllerPort: ports[size + index] ?? 0,
    }));
    const clusterId = `c${randomBytes(16).toString('base64url').slice(1, 22)}`;
    this.nodes = places.map(({ id }) => {
      const node = {
        id,
        folder: join(clusterFolder, String(id)),
        clusterId,
        nodes: places,
        settings: { 'auto.leader.rebalance.enable': 'false' },
        heap: '256m',
        formatLog: stackPaths.log(`cluster-${id}-format`),
      };
      return new ClusterNode(node, (started) => this.#note(started));
    });
    this.settings = {
      ONHAND_KAFKA_BROKERS: places.map(({ port }) => `127.0.0.1:${port}`).join(','),
      ONHAND_REPLICATION_FACTOR: size,
    };
    // However this process ends, unless it is killed: then the next one finds the notes.
    process.once('exit', () => this.#killAll());
  }

  static async start(): Promise<ThrowawayCluster> {
    await endLeftovers(notes);
    rmSync(clusterFolder, { recursive: true, force: true });
    mkdirSync(clusterFolder, { recursive: true });
    const ports: number[] = [];
    while (ports.length < 2 * size) ports.push(await freePort(ports));
    const cluster = new ThrowawayCluster(ports);
    await cluster.up();
    return cluster;
  }

  node(id: number): ClusterNode {
    const node = this.nodes.find((one) => one.id === id);
    if (!node) throw new Error(`no broker ${id}`);
    return node;
  }

  /** Starts and wakes whatever does not run. */
  async up(): Promise<void> {
    for (const node of this.nodes) node.resume();
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  /** Ends the brokers and deletes their data. */
  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    rmSync(clusterFolder, { recursive: true, force: true });
  }

  #note(started: ServerProcess): void {
    this.#processes.push(started);
    writePrivateFile(notes, JSON.stringify(this.#processes));
  }

  #killAll(): void {
    for (const left of this.#processes) if (isAlive(left)) process.kill(left.pid, 'SIGKILL');
  }
}
