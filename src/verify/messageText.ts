import type { OutboxRow } from '../storage/outbox.ts';

/** Value and key of a message as text: two messages are the same when their texts are. */
export function messageText({ key, value }: Pick<OutboxRow, 'key' | 'value'>): string {
  const keyBytes = key === null ? null : Buffer.from(key);
  return `${value?.toString('hex') ?? 'null'} of ${keyBytes?.toString('hex') ?? 'null'}`;
}
