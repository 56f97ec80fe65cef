import { expect } from 'chai';
import { freePort } from '../../stack/freePort.ts';
import { HandFedLane } from '../testing/handFedLane.ts';
import { silentLogger } from '../testing/kafkaFixture.ts';
import { type TestDatabase, testDatabase } from '../testing/testDatabase.ts';
import { ThrowawayRedis } from '../testing/throwawayRedis.ts';
import { waitUntil } from '../testing/waitUntil.ts';
import { checkView } from './checkView.ts';
import type { ViewFinding, ViewPair } from './compareLevels.ts';
import { findOutcomes } from './outcomeMailbox.ts';
import { rebuildView } from './rebuildView.ts';
import { type ViewClient, connectViewClient } from './viewClient.ts';
import { viewLevels } from './viewLevels.ts';
import { ViewWriter } from './viewWriter.ts';

const slots = 16_384;

describe('the view in a Redis cluster of three nodes', function () {
  this.timeout(180_000);
  const nodes: ThrowawayRedis[] = [];
  let database: TestDatabase;
  let client: ViewClient;
  let writer: ViewWriter;
  before(async () => {
    for (let node = 0; node < 3; node++) {
      const bus = String(await freePort());
      nodes.push(await ThrowawayRedis.start('--cluster-enabled', 'yes', '--cluster-port', bus));
    }
    await join(nodes);
    database = await testDatabase({
      ...nodes[0]!.settings,
      ONHAND_REDIS_PASSWORD: undefined,
      ONHAND_REDIS_CLUSTER: true,
      ONHAND_PARTITIONS: 1,
      ONHAND_TOPIC_PREFIX: 'c-',
    });
    client = await connectViewClient(database.settings);
    writer = new ViewWriter(database.settings, silentLogger);
  });
  after(async () => {
    client?.disconnect();
    await writer?.stop();
    await database?.close();
    for (const node of nodes) await node.close();
  });

  it('follows, reads, compares and mends across the nodes', async () => {
    const { settings } = database;
    const lane = await HandFedLane.claim(database);
    const follower = writer.follow(lane.claim);
    await waitUntil('the first step', () => writer.lanesBehind === 0);
    const skus = Array.from({ length: 60 }, (_, number) => `sku-${number}`);
    const rows = await lane.receive(...skus, ...skus);
    follower.offer(rows);
    const wanted = skus.map((sku) => ({ sku, location: 'main', atLeast: 2 }));
    await waitUntil('the levels', async () => {
      const viewed = await viewLevels(client, settings, wanted);
      return viewed.every(({ found, isCurrent }) => found === 'level' && isCurrent);
    });
    const commands = rows.map(({ key, commandId }) => {
      return { sku: String(key), commandId: commandId! };
    });
    const outcomes = await findOutcomes(client, settings, commands);
    expect(outcomes.map((outcome) => outcome?.commandId)).to.deep.equal(
      rows.map(({ commandId }) => commandId),
    );

    const sizes = await Promise.all(nodes.map((node) => node.ask((one) => one.dbsize())));
    for (const size of sizes) expect(size).to.be.above(20);
    const pair: ViewPair = { settings, pool: database.pool, client };
    expect(await findingsOf(pair)).to.be.empty;
    await nodes[1]!.ask((one) => one.flushall());
    expect(await findingsOf(pair)).not.to.be.empty;
    await rebuildView(pair);
    expect(await findingsOf(pair)).to.be.empty;
  });
});

async function join(nodes: readonly ThrowawayRedis[]): Promise<void> {
  const share = Math.ceil(slots / nodes.length);
  for (const [index, node] of nodes.entries()) {
    const last = Math.min(slots, (index + 1) * share) - 1;
    await node.ask((one) => one.call('CLUSTER', 'ADDSLOTSRANGE', index * share, last));
    const [, bus = ''] = await node.ask<string[]>(
      (one) => one.call('CONFIG', 'GET', 'cluster-port') as Promise<string[]>,
    );
    const address = ['127.0.0.1', node.settings.ONHAND_REDIS_PORT, bus];
    await nodes[0]!.ask((one) => one.call('CLUSTER', 'MEET', ...address));
  }
  for (const node of nodes) {
    await waitUntil('the cluster', async () => {
      const info = String(await node.ask((one) => one.call('CLUSTER', 'INFO')));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
    });
  }
}

async function findingsOf(pair: ViewPair): Promise<ViewFinding[]> {
  const findings: ViewFinding[] = [];
  await checkView(pair, (found) => void findings.push(...found));
  return findings;
}
