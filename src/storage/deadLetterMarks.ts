import type { RowDataPacket } from 'mysql2/promise';
import type { EngineName } from './progress.ts';
import type { Querying } from './together.ts';

/** What an operator did about a dead letter. The topic itself cannot be changed. */
export type DeadLetterMark = 'resent' | 'discarded';

/** Where a dead letter lies in its topic. */
export interface LetterPlace {
  partition: number;
  offset: number;
}

/** The marks of one dead-letter topic in one incarnation. */
export type DeadLetterMarks = ReadonlyMap<string, DeadLetterMark>;

/** The key of a letter in `DeadLetterMarks`. */
export function letterKey({ partition, offset }: LetterPlace): string {
  return `${partition}:${offset}`;
}

/** All marks of a topic. */
export async function readDeadLetterMarks(
  reader: Querying,
  engine: EngineName,
  topicId: string,
): Promise<DeadLetterMarks> {
  const [rows] = await reader.query<(RowDataPacket & LetterPlace & { mark: DeadLetterMark })[]>(
    `SELECT lane AS \`partition\`, letter_offset AS offset, mark FROM dead_letter_marks
     WHERE engine = ? AND topic_id = ?`,
    [engine, topicId],
  );
  return new Map(rows.map((row) => [letterKey(row), row.mark]));
}

/** Marks letters; a letter that has a mark gets the new one. */
export async function markDeadLetters(
  connection: Querying,
  engine: EngineName,
  topicId: string,
  letters: readonly LetterPlace[],
  mark: DeadLetterMark,
  operation: number,
): Promise<void> {
  if (letters.length === 0) return;
  const rows = letters.map(({ partition, offset }) => {
    return [engine, topicId, partition, offset, mark, operation];
  });
  await connection.query(
    `INSERT INTO dead_letter_marks (engine, topic_id, lane, letter_offset, mark, operation)
     VALUES ? AS fresh
     ON DUPLICATE KEY UPDATE mark = fresh.mark, operation = fresh.operation`,
    [rows],
  );
}
