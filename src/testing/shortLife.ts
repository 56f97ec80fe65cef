import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { createCheckpoints } from '../replay/createCheckpoints.ts';
import { readDeadLetters } from '../replay/deadLettersReading.ts';
import { discardDeadLetters } from '../replay/deadLettersSettling.ts';
import { rebuildLanes } from '../replay/rebuildLanes.ts';
import { openConnection, openDatabase } from '../storage/database.ts';
import { listOperations } from '../storage/operations.ts';
import { patientSession } from '../storage/session.ts';
import { holds, verifyEngines } from '../verify/verifyEngines.ts';
import { commandsFor } from './commandsFor.ts';
import { silentLogger } from './kafkaFixture.ts';
import { orderEventsFor } from './orderEventsFor.ts';
import type { TestInstallation } from './testInstallation.ts';
import { waitUntil } from './waitUntil.ts';

/** More than a limit that a server may put on what is read at once. */
const holdsCount = 130;
/** A name of which each character means something to some mode of SQL. */
const sku = `te"a\\%_'|`;
/** What is left of 200 when three are sold and two are in an order. */
const left = [{ onHand: 197, reserved: 2 }];
const ignore = () => undefined;

/**
 * What an installation meets in its life, once: stock that is received, held, sold and expired, an
 * order, a dead letter that is settled, a checkpoint, a damaged row that is rebuilt, a proof.
 */
export async function liveShortly(onhand: TestInstallation): Promise<void> {
  const { receive, reserve, confirm } = commandsFor(sku);
  const processor = await onhand.startProcessor();
  try {
    await onhand.send([receive(200)]);
    await onhand.settled();
    const holding = Array.from({ length: holdsCount }, (_, at) =>
      reserve(`o-${at}"\\'`, 1, { ttlSeconds: 1 }),
    );
    await onhand.send([reserve('sold', 3), ...holding]);
    await onhand.send([confirm('sold')]);
    // All at once: each names what the table has, more than a limit lets through.
    await onhand.send(holding);
    await onhand.sendRaw([{ key: sku, value: Buffer.from('junk'), partition: 0 }]);
    await onhand.sendOrders([orderEventsFor('order-1').place({ [sku]: 2 })]);
    await onhand.settled();
    const expired = async () => isDeepStrictEqual(await levels(onhand), left);
    await waitUntil('the end of what is held', expired);
    await onhand.settled();
  } finally {
    await processor.stop();
  }
  const verdicts = (await onhand.verdicts()).map(({ kind }) => kind);
  expect(verdicts).to.deep.equal(['OrderStockReserved']);
  await operate(onhand);
}

async function operate(onhand: TestInstallation): Promise<void> {
  const { settings } = onhand;
  const pool = openDatabase(settings, 'read', 2);
  const mending = await openConnection(settings, 'migrate', patientSession);
  const letters = async (withMarked: boolean) => {
    let count = 0;
    const sources = { ...onhand, pool, logger: silentLogger };
    const take = async (batch: { letters: unknown[] }) => {
      count += batch.letters.length;
      return Promise.resolve();
    };
    await readDeadLetters(sources, { letters: [], withMarked }, take, ignore);
    return count;
  };
  try {
    const sources = { ...onhand, pool, logger: silentLogger };
    expect(await letters(false)).to.equal(1);
    await discardDeadLetters(sources, { letters: [], withMarked: false }, ignore);
    expect([await letters(false), await letters(true)], 'letters').to.deep.equal([0, 1]);
    const { failed, done } = await createCheckpoints(settings, {}, ignore);
    expect([failed.length, done.length], 'checkpoints').to.deep.equal([0, 2]);
    await mending.query('UPDATE stock_levels SET on_hand = on_hand + 1');
    const rebuilt = await rebuildLanes(settings, { from: 'start' }, ignore);
    expect(rebuilt.failed).to.deep.equal([]);
    expect(await levels(onhand)).to.deep.equal(left);
    const verification = await verifyEngines(settings);
    expect(verification.findings).to.deep.equal([]);
    expect(holds(verification)).to.be.true;
    const operations = await listOperations(pool, 10);
    expect(operations.map(({ verb, outcome }) => `${verb} ${outcome}`)).to.deep.equal([
      'replay rebuild done',
      'checkpoint create done',
      'dead-letter discard done',
    ]);
  } finally {
    await mending.end();
    await pool.end();
  }
}

async function levels({ pool }: TestInstallation): Promise<unknown> {
  const [rows] = await pool.query('SELECT on_hand AS onHand, reserved FROM stock_levels');
  return rows;
}
