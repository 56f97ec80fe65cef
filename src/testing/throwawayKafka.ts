import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../stack/freePort.ts';
import { type KafkaNode, prepareKafkaNode } from '../../stack/kafkaNode.ts';
import { plainEnvironment } from '../../stack/plainEnvironment.ts';
import { probeKafka } from '../../stack/probeServer.ts';
import type { Settings } from '../config/settings.ts';
import { waitUntil } from './waitUntil.ts';

const startWaitMs = 120_000;

/** A broker of its own, for a test that puts its disk back to what it was. */
export class ThrowawayKafka {
  readonly settings: Pick<Settings, 'ONHAND_KAFKA_BROKERS'>;
  readonly #node: KafkaNode;
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, controllerPort: number) {
    // A first letter that is no dash: it would look like an option.
    const clusterId = `a${randomBytes(16).toString('base64url').slice(1)}`;
    this.#folder = folder;
    this.#port = port;
    this.#node = {
      id: 1,
      folder: join(folder, 'node'),
      clusterId,
      nodes: [{ id: 1, port, controllerPort }],
      settings: { 'broker.session.timeout.ms': 3000, 'broker.heartbeat.interval.ms': 500 },
      heap: '256m',
      formatLog: join(folder, 'format.log'),
    };
    this.settings = { ONHAND_KAFKA_BROKERS: `127.0.0.1:${port}` };
  }

  static async start(): Promise<ThrowawayKafka> {
    const port = await freePort();
    const controllerPort = await freePort([port]);
    const folder = mkdtempSync(join(tmpdir(), 'onhand-kafka-'));
    const kafka = new ThrowawayKafka(folder, port, controllerPort);
    await kafka.up();
    return kafka;
  }

  /** Starts it on what its disk holds, and waits until it answers. */
  async up(): Promise<void> {
    const { command } = await prepareKafkaNode(this.#node, () => undefined);
    const [program, ...args] = command;
    this.#process = spawn(program, args, { env: plainEnvironment(), stdio: 'ignore' });
    const answers = () =>
      probeKafka(this.#port, this.#node.clusterId).then(
        () => true,
        () => false,
      );
    await waitUntil('the throw-away Kafka', answers, startWaitMs);
  }

  /** Ends it in good order; or, as a crash would, at once. */
  async down(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running?.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  }

  /** Copies the disk of a broker that is down. */
  keepDisk(): void {
    cpSync(this.#node.folder, join(this.#folder, 'kept'), { recursive: true });
  }

  /** Starts it anew with the kept disk in place of what it has written since. */
  async putDiskBack(): Promise<void> {
    await this.down('SIGKILL');
    rmSync(this.#node.folder, { recursive: true });
    cpSync(join(this.#folder, 'kept'), this.#node.folder, { recursive: true });
    await this.up();
  }

  async close(): Promise<void> {
    await this.down('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
