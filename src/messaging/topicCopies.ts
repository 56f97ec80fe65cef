import type { Admin } from 'kafkajs';

/**
 * With three copies, of which two must have a record before it counts as sent, one broker may be
 * away without a stop, and any one may be lost without a loss.
 */
export const copiesWanted = 3;
export const inSyncConfigs = { 'min.insync.replicas': '2' } as const;

/** Copies of a topic for which none are set. */
export function defaultCopies(brokers: number): number {
  return Math.min(copiesWanted, brokers);
}

export async function countBrokers(admin: Admin): Promise<number> {
  return (await admin.describeCluster()).brokers.length;
}
