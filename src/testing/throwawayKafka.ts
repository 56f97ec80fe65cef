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
import { runTool } from '../../stack/runTool.ts';
import type { Settings } from '../config/settings.ts';
import { waitUntil } from './waitUntil.ts';

const startWaitMs = 120_000;

const scram = 'SCRAM-SHA-256';
const protocols = 'PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT';

/** A broker of its own, for a test that puts its disk back to what it was, or rotates passwords. */
export class ThrowawayKafka {
  readonly settings: Pick<Settings, 'ONHAND_KAFKA_BROKERS'>;
  /** Of its second listener, which wants user and password. */
  readonly scramSettings: Pick<Settings, 'ONHAND_KAFKA_BROKERS' | 'ONHAND_KAFKA_SASL_MECHANISM'>;
  readonly #node: KafkaNode;
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(folder: string, [port, controllerPort, scramPort]: [number, number, number]) {
    // A first letter that is no dash: it would look like an option.
    const clusterId = `a${randomBytes(16).toString('base64url').slice(1)}`;
    this.#folder = folder;
    this.#port = port;
    this.#node = {
      id: 1,
      folder: join(folder, 'node'),
      clusterId,
      nodes: [{ id: 1, port, controllerPort }],
      settings: {
        'broker.session.timeout.ms': 3000,
        'broker.heartbeat.interval.ms': 500,
        ...scramListener(port, controllerPort, scramPort),
      },
      heap: '256m',
      formatLog: join(folder, 'format.log'),
    };
    this.settings = { ONHAND_KAFKA_BROKERS: `127.0.0.1:${port}` };
    this.scramSettings = {
      ONHAND_KAFKA_BROKERS: `127.0.0.1:${scramPort}`,
      ONHAND_KAFKA_SASL_MECHANISM: 'scram-sha-256',
    };
  }

  static async start(): Promise<ThrowawayKafka> {
    const port = await freePort();
    const controllerPort = await freePort([port]);
    const scramPort = await freePort([port, controllerPort]);
    const folder = mkdtempSync(join(tmpdir(), 'onhand-kafka-'));
    const kafka = new ThrowawayKafka(folder, [port, controllerPort, scramPort]);
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

  /** Makes a user, or gives it another password, while the broker runs. */
  async setPassword(user: string, password: string): Promise<void> {
    const { command } = await prepareKafkaNode(this.#node, () => undefined);
    const tool = command.slice(0, command.indexOf('kafka.Kafka'));
    const [program = '', ...args] = [...tool, 'kafka.admin.ConfigCommand'];
    args.push('--bootstrap-server', this.settings.ONHAND_KAFKA_BROKERS, '--alter');
    args.push('--entity-type', 'users', '--entity-name', user);
    args.push('--add-config', `${scram}=[iterations=4096,password=${password}]`);
    const logFile = join(this.#folder, 'users.log');
    await runTool('Kafka user', [program, ...args], { logFile });
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

/** The listener that every node has, and one for users. */
function scramListener(port: number, controllerPort: number, scramPort: number) {
  const plain = `PLAINTEXT://127.0.0.1:${port}`;
  const users = `SASL_PLAINTEXT://127.0.0.1:${scramPort}`;
  return {
    listeners: `${plain},${users},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `${plain},${users}`,
    'listener.security.protocol.map': protocols,
    'sasl.enabled.mechanisms': scram,
    [`listener.name.sasl_plaintext.${scram.toLowerCase()}.sasl.jaas.config`]:
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  };
}
