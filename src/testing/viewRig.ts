import type { Settings } from '../config/settings.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import { type ViewClient, connectViewClient } from '../view/viewClient.ts';
import { type ViewedLevel, viewLevels } from '../view/viewLevels.ts';
import { ViewWriter } from '../view/viewWriter.ts';
import { HandFedLane } from './handFedLane.ts';
import { silentLogger } from './kafkaFixture.ts';
import { type TestDatabase, testDatabase } from './testDatabase.ts';
import type { ThrowawayRedis } from './throwawayRedis.ts';
import { waitUntil } from './waitUntil.ts';

/** One lane, fed by hand, with its view in an empty Redis. */
export class ViewRig {
  readonly redis: ThrowawayRedis;
  readonly database: TestDatabase;
  readonly lane: HandFedLane;
  readonly client: ViewClient;
  readonly writer: ViewWriter;
  follower: ReturnType<ViewWriter['follow']>;

  private constructor(
    redis: ThrowawayRedis,
    database: TestDatabase,
    lane: HandFedLane,
    client: ViewClient,
  ) {
    this.redis = redis;
    this.database = database;
    this.lane = lane;
    this.client = client;
    this.writer = new ViewWriter(database.settings, silentLogger);
    this.follower = this.writer.follow(lane.claim);
  }

  /** `through` is the way to this Redis, where that is not the direct one. */
  static async open(redis: ThrowawayRedis, through: Partial<Settings> = {}): Promise<ViewRig> {
    await redis.ask((client) => client.flushall());
    const database = await testDatabase({
      ...redis.settings,
      ...through,
      ONHAND_REDIS_PASSWORD: undefined,
      ONHAND_PARTITIONS: 1,
      ONHAND_TOPIC_PREFIX: 't-',
    });
    const lane = await HandFedLane.claim(database);
    const client = await connectViewClient(database.settings);
    const rig = new ViewRig(redis, database, lane, client);
    await waitUntil('the first step', () => rig.writer.lanesBehind === 0);
    return rig;
  }

  async close(): Promise<void> {
    this.redis.resume();
    this.client.disconnect();
    await this.writer.stop();
    await this.database.close();
  }

  /** One slice, committed and offered: for each SKU in turn a unit is received. */
  async receive(...skus: string[]): Promise<OutboxRow[]> {
    const rows = await this.lane.receive(...skus);
    this.follower.offer(rows);
    return rows;
  }

  async view(sku: string, atLeast = 0): Promise<ViewedLevel> {
    const wanted = [{ sku, location: 'main', atLeast }];
    const [found] = await viewLevels(this.client, this.database.settings, wanted);
    if (!found) throw new Error('one question, no answer');
    return found;
  }

  /** Undefined while the view has none, or is not known to be current, or does not answer. */
  async sequenceOf(sku: string): Promise<number | undefined> {
    const found = await this.view(sku).catch(() => undefined);
    return found?.found === 'level' && found.isCurrent ? found.level.sequence : undefined;
  }

  async until(sku: string, sequence: number): Promise<void> {
    const isThere = async () => (await this.sequenceOf(sku)) === sequence;
    await waitUntil(`${sku} at ${sequence}`, isThere);
  }
}
