import { invariant } from '../ops/errors.ts';
import { mendAbortedRecords } from './mends/abortedRecords.ts';
import { mendBrokerAway } from './mends/brokerAway.ts';
import { mendCoordinatorLookups } from './mends/coordinatorLookups.ts';
import { mendCoordinatorRefusals } from './mends/coordinatorRefusals.ts';
import { mendCrash } from './mends/crash.ts';
import { mendFetchFailures } from './mends/fetchFailures.ts';
import { mendIdleTimer } from './mends/idleTimer.ts';
import { type LoadInternal, loadInternal } from './mends/loadInternal.ts';
import { mendOffsetReset } from './mends/offsetReset.ts';
import { mendProducerSends } from './mends/producerSends.ts';
import { mendRecordBatches } from './mends/recordBatches.ts';
import { mendResumeWake } from './mends/resumeWake.ts';
import { mendSilentBroker } from './mends/silentBroker.ts';
import { mendStopWhileJoining } from './mends/stopWhileJoining.ts';
import { mendTransactionWaits } from './mends/transactionWaits.ts';

/** The release whose source the mends were written against; there has been none since 2023. */
const mendedVersion = '2.2.4';

const mends = [
  mendIdleTimer,
  mendRecordBatches,
  mendAbortedRecords,
  mendOffsetReset,
  mendFetchFailures,
  mendTransactionWaits,
  mendCoordinatorLookups,
  mendCoordinatorRefusals,
  mendCrash,
  mendStopWhileJoining,
  mendResumeWake,
  mendBrokerAway,
  mendProducerSends,
  mendSilentBroker,
];
const mended = new WeakSet<object>();

/**
 * Mends kafkajs in memory where its faults would cost stock or time; each file in `mends/` says
 * what was wrong. Applying it again does nothing. Throws an InvariantError when the installed
 * kafkajs is not the release that the mends fit.
 */
export function mendKafkajs(load: LoadInternal = loadInternal): void {
  const client = load('index') as object;
  if (mended.has(client)) return;
  const { version } = load('../package.json') as { version: string };
  invariant(
    version === mendedVersion,
    `onhand mends kafkajs ${mendedVersion} in memory, but ${version} is installed`,
  );
  for (const mend of mends) mend(load);
  mended.add(client);
}
