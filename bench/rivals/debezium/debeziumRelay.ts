import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerList } from '../../../src/messaging/kafkaClient.ts';
import { writePrivateFile } from '../../../stack/writePrivateFile.ts';
import { BenchError } from '../../benchError.ts';
import type { BenchInstallation } from '../../benchInstallation.ts';
import { onCleanUp } from '../../cleanUp.ts';
import type { JavaProgram } from '../javaProgram.ts';
import { RivalProcess } from '../rivalProcess.ts';
import { Arrivals } from './arrivals.ts';
import { DebeziumOutbox } from './debeziumOutbox.ts';
import { type ReplicationUser, replicationUser } from './replicationUser.ts';

type Properties = Record<string, string | number>;

const readyMsMax = 60_000;
const markEveryMs = 500;
const eventsBeforeDeath = 4000;
/** Its statistics complain thousands of times a second when they cannot keep up. */
const logging = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.io.debezium.metrics=error',
];

/** What is wanted to set one up; `tuning` is what differs from its defaults. */
export interface DebeziumSetting {
  program: JavaProgram;
  tuning: Properties;
}

/**
 * Debezium's engine with its event router, from a table to `stock.events`. Its place in the binlog
 * is in files, which outlive its processes.
 */
export class DebeziumRelay {
  readonly #program: JavaProgram;
  readonly #folder: string;
  readonly #user: ReplicationUser;
  readonly #outbox: DebeziumOutbox;
  readonly #removeFolder: () => Promise<void>;
  #process: RivalProcess | undefined;

  private constructor(program: JavaProgram, user: ReplicationUser, outbox: DebeziumOutbox) {
    this.#program = program;
    this.#user = user;
    this.#outbox = outbox;
    const folder = mkdtempSync(join(tmpdir(), 'onhand-debezium-'));
    this.#folder = folder;
    this.#removeFolder = onCleanUp(() => Promise.resolve(rmSync(folder, { recursive: true })));
  }

  /** Makes one that has found its place, the end of the binlog, and is not started. */
  static async open(
    at: BenchInstallation,
    { program, tuning }: DebeziumSetting,
  ): Promise<DebeziumRelay> {
    const user = await replicationUser(at.settings.ONHAND_MYSQL_DATABASE);
    const relay = new DebeziumRelay(program, user, await DebeziumOutbox.open(at));
    relay.#write('engine', { ...engineProperties(at, relay.#folder, user.name), ...tuning });
    relay.#write('producer', {
      'bootstrap.servers': brokerList(at.settings).join(','),
      'key.serializer': 'org.apache.kafka.common.serialization.StringSerializer',
      'value.serializer': 'org.apache.kafka.common.serialization.StringSerializer',
      'enable.idempotence': 'true',
      acks: 'all',
    });
    try {
      await relay.#findPlace(at);
      return relay;
    } catch (error) {
      await relay.close();
      throw error;
    }
  }

  /** Lets it find the end of the binlog and note that: what was before is not relayed. */
  async #findPlace(at: BenchInstallation): Promise<void> {
    const arrivals = await Arrivals.open(at);
    try {
      this.start();
      const since = Date.now();
      for (let mark = -1; !arrivals.isMarked; mark--) {
        this.requireAlive();
        if (Date.now() - since > readyMsMax) throw new BenchError('debezium relays nothing');
        await this.commit(mark, mark + 1);
        await sleep(markEveryMs);
      }
      await this.stop();
    } finally {
      await arrivals.close();
    }
  }

  /** Commits events `from` to `to` − 1. */
  commit(from: number, to: number): Promise<void> {
    return this.#outbox.commit(from, to);
  }

  /**
   * Starts it where it left off. If it `dies`, then when some thousand events are on Kafka, the
   * last batch of them acknowledged just then and not noted yet.
   */
  start({ dies } = { dies: false }): void {
    const files = ['engine', 'producer'].map((name) => this.#file(name));
    const last = dies ? eventsBeforeDeath : 0;
    const { java, classPath } = this.#program;
    const options = ['-cp', classPath, '-Xmx1g', ...logging];
    const command = [java, ...options, 'DebeziumRelay', ...files, String(last)] as const;
    this.#process = new RivalProcess('debezium', command, {
      environment: { RELAY_PASSWORD: this.#user.password },
    });
  }

  get isAlive(): boolean {
    return this.#process?.isAlive ?? false;
  }

  requireAlive(): void {
    this.#process?.requireAlive();
  }

  /** Ends it in order, its place noted. */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#removeFolder();
    await this.#outbox.close();
    await this.#user.drop();
  }

  #write(name: string, properties: Properties): void {
    const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
    writePrivateFile(this.#file(name), lines.join(''));
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.properties`);
  }
}

function engineProperties({ settings, topics }: BenchInstallation, folder: string, user: string) {
  const { ONHAND_MYSQL_DATABASE: database } = settings;
  return {
    name: 'relay',
    'connector.class': 'io.debezium.connector.mysql.MySqlConnector',
    'topic.prefix': 'relay',
    'database.hostname': settings.ONHAND_MYSQL_HOST,
    'database.port': settings.ONHAND_MYSQL_PORT,
    'database.user': user,
    // As any replica it needs a number that no other has.
    'database.server.id': randomInt(10_000, 2 ** 31),
    'database.include.list': database,
    'table.include.list': `${database}.outbox_events`,
    'include.schema.changes': 'false',
    'snapshot.mode': 'no_data',
    'snapshot.locking.mode': 'none',
    'schema.history.internal': 'io.debezium.storage.file.history.FileSchemaHistory',
    'schema.history.internal.file.filename': join(folder, 'schema-history'),
    'schema.history.internal.store.only.captured.databases.ddl': 'true',
    'offset.storage': 'org.apache.kafka.connect.storage.FileOffsetBackingStore',
    'offset.storage.file.filename': join(folder, 'offsets'),
    transforms: 'outbox',
    'transforms.outbox.type': 'io.debezium.transforms.outbox.EventRouter',
    'transforms.outbox.table.field.event.key': 'aggregate_id',
    'transforms.outbox.route.by.field': 'aggregate_type',
    'transforms.outbox.route.topic.replacement': topics.stockEvents.name,
  };
}
