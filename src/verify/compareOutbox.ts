import type { Connection } from 'mysql2/promise';
import type { OutboxRow } from '../storage/outbox.ts';
import { readWholeOutbox } from '../storage/readLane.ts';
import type { Finding } from './findings.ts';
import { messageText } from './messageText.ts';
import type { ReplayedLane } from './replayLanes.ts';

/** Compares a lane's outbox with the rows that its log demands: the same rows, none missing. */
export async function compareOutbox(
  connection: Connection,
  { progress: { engine, lane }, rows }: ReplayedLane,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const note = (sequence: number, expected: string, found: string) => {
    findings.push({ engine, lane, where: 'outbox', what: `sequence ${sequence}`, expected, found });
  };
  let next = 0;
  for await (const stored of readWholeOutbox(connection, engine, lane)) {
    // Published rows are pruned from the beginning on; a row missing further on is a finding.
    if (next === 0) next = Math.max(0, stored.sequence - 1);
    while (next < stored.sequence - 1) note(++next, 'a row', '');
    const expected = rows[next];
    if (!expected) note(stored.sequence, '', 'a row');
    else if (rowText(expected) !== rowText(stored)) {
      note(stored.sequence, rowText(expected), rowText(stored));
    }
    next++;
  }
  if (next > 0) {
    for (; next < rows.length; next++) note(next + 1, 'a row', '');
  }
  return findings;
}

function rowText(row: OutboxRow): string {
  return `${row.kind} ${messageText(row)}, answers ${row.commandId ?? 'nobody'}, at ${row.time}`;
}
