import { isSameBytes, describeMessage, itemOfMessage, messageDifference } from './messageText.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { StoredOutboxRow } from '../storage/readLane.ts';
import { toStoredHeaders } from '../storage/storedHeaders.ts';
import type { RowDifference } from './compareTable.ts';
import type { LaneFindings } from './findings.ts';
import { firstDifference } from './firstDifference.ts';
import { Lookahead } from './lookahead.ts';

/**
 * Compares a lane's outbox, as both are read, with the rows that its log demands: the same rows,
 * none missing, none besides. Remembered commands are among them: rows that carry a command's id.
 */
export class OutboxComparison {
  readonly #findings: LaneFindings;
  readonly #stored: Lookahead<StoredOutboxRow>;
  readonly #forgottenBefore: number;
  #isPruned = true;

  /**
   * `stored`: the rows from where the comparison begins on. `forgottenBefore`: log time before
   * which published rows may be deleted, from the beginning on, and command ids be taken back.
   */
  constructor(
    findings: LaneFindings,
    stored: AsyncIterator<StoredOutboxRow[], void>,
    forgottenBefore: number,
  ) {
    this.#findings = findings;
    this.#stored = new Lookahead(stored);
    this.#forgottenBefore = forgottenBefore;
  }

  /** Compares the next rows; `offsets` of what caused them. */
  async take(rows: readonly OutboxRow[], offsets: readonly number[]): Promise<void> {
    for (const [index, row] of rows.entries()) {
      const offset = offsets[index] ?? 0;
      let stored = this.#stored.next ?? (await this.#next());
      for (; stored && stored.sequence < row.sequence; stored = await this.#next()) {
        this.#surplus(stored);
      }
      if (stored?.sequence === row.sequence) {
        this.#stored.skip();
        this.#isPruned = false;
        this.#compare(row, stored, offset);
      } else if (!this.#isPruned || row.time >= this.#forgottenBefore) this.#missing(row, offset);
    }
  }

  /** To be called once the log is folded up to the lane's progress: what is left is too much. */
  async end(): Promise<void> {
    for (let stored = await this.#next(); stored; stored = await this.#next()) {
      this.#surplus(stored);
    }
  }

  async #next(): Promise<StoredOutboxRow | undefined> {
    await this.#stored.read();
    return this.#stored.next;
  }

  #compare(row: OutboxRow, stored: StoredOutboxRow, offset: number): void {
    // The way of nearly all rows.
    if (
      row.kind === stored.kind &&
      row.commandId === stored.commandId &&
      row.time === stored.time &&
      row.headers === stored.headers &&
      isSameBytes(row.value, stored.value) &&
      isSameBytes(row.key, stored.key)
    ) {
      return;
    }
    for (const { field, expected, found } of this.#differences(row, stored)) {
      const what = `sequence ${row.sequence}: ${field}`;
      const item = itemOfMessage(row.kind, row);
      this.#findings.note({ where: 'outbox', what, item, offset, expected, found });
    }
  }

  #differences(row: OutboxRow, stored: StoredOutboxRow): RowDifference[] {
    const differences: RowDifference[] = [];
    const compare = (field: string, expected: unknown, found: unknown) => {
      if (expected === found) return;
      differences.push({ field, expected: String(expected), found: String(found) });
    };
    compare('kind', row.kind, stored.kind);
    compare('time', row.time, stored.time);
    // An id that is used again when its memory has run out is taken back from its first row.
    const isTakenBack = stored.commandId === null && row.time < this.#forgottenBefore;
    if (!isTakenBack) compare('commandId', row.commandId, stored.commandId);
    const [ours, theirs] = [row, stored].map(({ headers }) => headersOf(headers));
    const parted = firstDifference(ours, theirs, ['headers']);
    if (parted) differences.push({ ...parted, field: parted.path });
    const message = messageDifference(row.kind, row, stored);
    if (message) differences.push({ ...message, field: message.path });
    return differences;
  }

  #missing(row: OutboxRow, offset: number): void {
    this.#findings.note({
      where: 'outbox',
      what: `sequence ${row.sequence}: row`,
      item: itemOfMessage(row.kind, row),
      offset,
      expected: describeMessage(row.kind, row),
      found: '',
    });
  }

  #surplus(row: StoredOutboxRow): void {
    this.#stored.skip();
    this.#findings.note({
      where: 'outbox',
      what: `sequence ${row.sequence}: row`,
      item: itemOfMessage(row.kind, row),
      offset: null,
      expected: '',
      found: describeMessage(row.kind, row),
    });
  }
}

function headersOf(headers: OutboxRow['headers']): unknown {
  return headers && (JSON.parse(toStoredHeaders(headers)) as unknown);
}
