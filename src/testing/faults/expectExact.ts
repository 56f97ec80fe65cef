import { expect } from 'chai';
import { readTopic } from '../../../consumers/readTopic.ts';
import { isRemembered } from '../../domain/evolve.ts';
import { type PublishedStockEvent, decodeStockEvent } from '../../messaging/stockEventCodec.ts';
import { decodeStockLevel } from '../../messaging/stockLevelCodec.ts';
import type { TopicRole } from '../../messaging/topics.ts';
import { verifyEngines } from '../../verify/verifyEngines.ts';
import { expectUnbroken } from '../expectUnbroken.ts';
import { silentLogger } from '../kafkaFixture.ts';
import { storedStock } from '../storedStock.ts';
import type { TestInstallation } from '../testInstallation.ts';
import type { CommandLoad } from './commandLoad.ts';
import { type RawRecord, readWithKcat } from './readWithKcat.ts';

const findingsShown = 5;

/** As `expectSound`, and every command that Kafka accepted has exactly one outcome. */
export async function expectExact(
  installation: TestInstallation,
  loads: readonly CommandLoad[],
): Promise<void> {
  expectOneOutcomeEach(await expectSound(installation), loads);
}

/**
 * With all workers at rest: tables and events are what the command log says, and a reader that is
 * not kafkajs sees the same bytes in the same order. Answers the events as that reader saw them.
 */
export async function expectSound(installation: TestInstallation): Promise<PublishedStockEvent[]> {
  const { failures, findings, lines } = await verifyEngines(installation.settings);
  expect(failures).to.deep.equal([]);
  expect(findings.slice(0, findingsShown), `${findings.length} findings`).to.deep.equal([]);
  expect(lines.filter(({ ok }) => !ok)).to.deep.equal([]);

  const records = await expectSameForKcat(installation, 'stockEvents');
  const events = records.map(({ value }) => decodeStockEvent(Buffer.from(value ?? '', 'hex')));
  expectUnbroken(events);
  await expectLevels(installation, await expectSameForKcat(installation, 'stockLevels'));
  await expectSameForKcat(installation, 'stockDeadLetter');
  return events;
}

/** The last level of each stock item on Kafka is the one in MySQL. */
async function expectLevels({ pool }: TestInstallation, records: RawRecord[]): Promise<void> {
  const last = new Map(
    records.map(({ value }) => {
      const level = decodeStockLevel(Buffer.from(value ?? '', 'hex'));
      return [`${level.sku} at ${level.location}`, level];
    }),
  );
  const { levels } = await storedStock(pool);
  expect(last.size, 'stock items with a level').to.equal(levels.length);
  for (const { sku, location, onHand, reserved, sequence } of levels) {
    expect(last.get(`${sku} at ${location}`)).to.include({ onHand, reserved, sequence });
  }
}

/** Reads a topic twice, with kafkajs and with librdkafka, and compares byte for byte. */
async function expectSameForKcat(
  { settings, admin, topics }: TestInstallation,
  role: TopicRole,
): Promise<RawRecord[]> {
  const topic = topics[role].name;
  const ours: RawRecord[] = [];
  await readTopic(settings, silentLogger, admin, topic, (partition, records) => {
    for (const { offset, key, value } of records) {
      const bytes = { key: key?.toString('hex') ?? null, value: value?.toString('hex') ?? null };
      ours.push({ partition, offset: Number(offset), ...bytes });
    }
  });
  ours.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  const theirs = await readWithKcat(settings, topic);
  expect(theirs.length, `${topic} by kcat`).to.equal(ours.length);
  for (const [index, record] of theirs.entries()) expect(record).to.deep.equal(ours[index]);
  return theirs;
}

function expectOneOutcomeEach(
  events: readonly PublishedStockEvent[],
  loads: readonly CommandLoad[],
): void {
  const outcomes = new Map<string, number>();
  for (const event of events) {
    if (!isRemembered(event)) continue;
    outcomes.set(event.commandId, (outcomes.get(event.commandId) ?? 0) + 1);
  }
  for (const load of loads) {
    for (const id of load.accepted.keys())
      expect(outcomes.get(id), `outcomes of ${id}`).to.equal(1);
  }
}
