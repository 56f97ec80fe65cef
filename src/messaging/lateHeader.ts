import type { KafkaMessage } from 'kafkajs';

/**
 * On an outcome or dead letter that `onhand replay publish-missing` has sent: it stands later in
 * its partition than its number says. The value is the id of the operation, as text.
 */
export const lateHeader = 'onhand-published-late';

/** Whether a record was published later than its place. */
export function isLate({ headers }: { headers?: KafkaMessage['headers'] }): boolean {
  return headers !== undefined && lateHeader in headers;
}
