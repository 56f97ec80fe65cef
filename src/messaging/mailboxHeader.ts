import type { RecordHeaders } from './recordHeaders.ts';

/**
 * On a stock command, with any value: its outcome is to lie in the mailbox in Redis, too. Most
 * senders do not look there, and what nobody looks for would take a twentieth of the throughput.
 */
export const mailboxHeader = 'onhand-mailbox';

/** What a sender puts on such a command. */
export const mailboxHeaders: RecordHeaders = { [mailboxHeader]: Buffer.from('1') };

/** Whether a record, or a row of the outbox, has the header. */
export function asksForMailbox({ headers }: { headers: RecordHeaders | null }): boolean {
  return headers !== null && mailboxHeader in headers;
}
