import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KafkaNode, prepareKafkaNode } from '../../../stack/kafkaNode.ts';
import { probeKafka } from '../../../stack/probeServer.ts';
import {
  type ServerProcess,
  endProcess,
  isAlive,
  startDetached,
} from '../../../stack/serverProcess.ts';
import { stackPaths } from '../../../stack/stackPaths.ts';
import { tailOf } from '../../../stack/stepFailed.ts';
import { waitUntil } from '../waitUntil.ts';

const startWaitMs = 180_000;
const stopWaitMs = 120_000;

/** A node of a cluster that a test starts, stops, kills and lets stand still. */
export class ClusterNode {
  readonly #node: KafkaNode;
  readonly #logFile: string;
  readonly #onStart: (process: ServerProcess) => void;
  #process: ServerProcess | undefined;

  constructor(node: KafkaNode, onStart: (process: ServerProcess) => void) {
    this.#node = node;
    this.#logFile = stackPaths.log(`cluster-${node.id}`);
    this.#onStart = onStart;
  }

  get id(): number {
    return this.#node.id;
  }

  get isAlive(): boolean {
    return isAlive(this.#process);
  }

  /** Starts it, on its data and its port, and waits until it answers. Harmless when it runs. */
  async start(): Promise<void> {
    if (this.isAlive) return;
    const { command } = await prepareKafkaNode(this.#node, () => undefined);
    const [program, ...args] = command;
    const options = { cwd: this.#node.folder, logFile: this.#logFile };
    this.#process = startDetached(program, args, options);
    this.#onStart(this.#process);
    await waitUntil(`broker ${this.id}`, () => this.#answers(), startWaitMs);
  }

  /** A shutdown in good order: it hands its partitions over first. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** It keeps its connections and answers nothing. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#process && !(await endProcess(this.#process, signal, stopWaitMs))) {
      throw new Error(`broker ${this.id} goes on after ${signal}`);
    }
  }

  async #answers(): Promise<boolean> {
    if (!this.isAlive) {
      throw new Error([`broker ${this.id} ended:`, ...tailOf(this.#logFile, 10)].join('\n'));
    }
    const own = this.#node.nodes.find(({ id }) => id === this.id);
    return probeKafka(own?.port ?? 0, this.#node.clusterId).then(
      () => true,
      () => false,
    );
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#process && this.isAlive) process.kill(this.#process.pid, signal);
  }
}

/** Processes that an earlier test left behind, because it was killed. */
export async function endLeftovers(notes: string): Promise<void> {
  let left: ServerProcess[];
  try {
    left = JSON.parse(readFileSync(notes, 'utf8')) as ServerProcess[];
  } catch {
    return;
  }
  for (const process of left) await endProcess(process, 'SIGKILL', stopWaitMs);
}

export const clusterFolder = join(stackPaths.folder, 'cluster');
