import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface RawRecord {
  offset: string;
  key: Buffer | null;
  isControlRecord: boolean;
  batchContext?: { producerId: string; inTransaction: boolean };
}
interface AbortedTransaction {
  producerId: string;
  firstOffset: string;
}
export interface FetchedPartition {
  messages: RawRecord[];
  abortedTransactions?: AbortedTransaction[] | null;
}
interface FetchResponse {
  responses: { partitions: FetchedPartition[] }[];
}
type Fetch = (this: unknown, request: unknown) => Promise<FetchResponse>;

/** Control record version 0 of type "abort"; type 1, "commit", ends in 1. */
const abortMarkerKey = Buffer.from([0, 0, 0, 0]);

/**
 * kafkajs lets records of aborted transactions through when two of them are open at once, and
 * takes a record whose key is four zero bytes for the end of one. The records are sorted out here,
 * as they come from the broker, and handed on as control records: those are passed over and still
 * count as read. Then kafkajs has nothing left to sort out.
 */
export function mendAbortedRecords(load: LoadInternal): void {
  patchMethod<unknown, Fetch>(
    load('broker'),
    'fetch',
    (fetch) =>
      async function (request) {
        const response = await fetch.call(this, request);
        for (const { partitions } of response.responses) partitions.forEach(hideAborted);
        return response;
      },
  );
}

/** Turns the records of aborted transactions into control records, in place. */
export function hideAborted(partition: FetchedPartition): void {
  const upcoming = [...(partition.abortedTransactions ?? [])].sort((a, b) =>
    Number(BigInt(a.firstOffset) - BigInt(b.firstOffset)),
  );
  if (upcoming.length === 0) return;
  const aborting = new Set<string>();
  for (const record of partition.messages) {
    const offset = BigInt(record.offset);
    let next = upcoming[0];
    while (next && BigInt(next.firstOffset) <= offset) {
      aborting.add(next.producerId);
      upcoming.shift();
      next = upcoming[0];
    }
    const { producerId = '', inTransaction = false } = record.batchContext ?? {};
    if (record.isControlRecord) {
      if (record.key?.equals(abortMarkerKey)) aborting.delete(producerId);
    } else if (inTransaction && aborting.has(producerId)) {
      record.isControlRecord = true;
    }
  }
  partition.abortedTransactions = [];
}
