import type { KafkaMessage } from 'kafkajs';
import { decodeOrderStockEvent } from '../messaging/orderStockEventCodec.ts';
import { decodeStockEvent } from '../messaging/stockEventCodec.ts';
import type { OutboxRow } from '../storage/outbox.ts';
import type { Finding, LaneFindings, LanePlace } from './findings.ts';
import { LateRecords } from './lateRecords.ts';
import { Lookahead } from './lookahead.ts';
import { messageDigest } from './messageColumns.ts';
import {
  describeMessage,
  isSameMessage,
  itemOfMessage,
  messageDifference,
  messageText,
} from './messageText.ts';

/**
 * How far is looked ahead on both sides for where they are at one again: at first, and at most,
 * where a whole transaction of the publisher is missing or there twice.
 */
const windowSize = { first: 256, most: 8192 };
const windowBytesMax = 8 * 1_048_576;
/** Rows without a record in its place of which all is kept until it is known whether it is late. */
const toldMax = 1000;

interface Demanded {
  row: OutboxRow;
  offset: number;
}

type Told = Omit<Finding, keyof LanePlace>;

/** A row whose record is not in its place. */
interface Unplaced {
  digest: number;
  /** To be told unless the record was published late. */
  missed: Told;
  /** To be told when it was: what stands in its place. */
  instead: Told | undefined;
}

/** What the lane publishes to one topic, and where the comparison begins. */
export interface PublishedPart {
  topic: string;
  kind: 'event' | 'verdict' | 'dead-letter';
  /** Log offset from which on outcomes are compared. */
  from: number;
  /** Whether retention has deleted the topic's first records. */
  isCut: boolean;
}

/**
 * Compares the committed records of one published partition, as both are read, with the rows that
 * the log demands for it: the same bytes in the same order, none missing, none between them. A
 * record that says that it was published late may stand anywhere.
 */
export class PublishedComparison {
  readonly #part: PublishedPart;
  readonly #findings: LaneFindings;
  readonly #records: Lookahead<KafkaMessage>;
  readonly #late: LateRecords;
  readonly #waiting: Demanded[] = [];
  readonly #unplaced: Unplaced[] = [];
  #window = windowSize.first;
  #isAligned: boolean;
  #isLost = false;
  #beyond = 0;
  /** Rows whose record was published late. Known at the end. */
  lateCount = 0;

  constructor(
    part: PublishedPart,
    records: AsyncGenerator<KafkaMessage[], void, undefined>,
    findings: LaneFindings,
  ) {
    this.#part = part;
    this.#late = new LateRecords(
      (record) => (causeOf(part.kind, record) ?? part.from) >= part.from,
    );
    this.#records = new Lookahead(this.#late.apart(records));
    this.#findings = findings;
    this.#isAligned = part.from === 0 && !part.isCut;
  }

  get topic(): string {
    return this.#part.topic;
  }

  /** Compares those of the next rows that go to the topic; `offsets` of what caused them. */
  async take(rows: readonly OutboxRow[], offsets: readonly number[]): Promise<void> {
    for (const [index, row] of rows.entries()) {
      if (row.kind !== this.#part.kind || this.#isLost) continue;
      if (!this.#isAligned && !(await this.#align(row))) continue;
      const record = this.#records.next ?? (await this.#next());
      if (this.#waiting.length === 0 && record && isSameMessage(row, record)) this.#records.skip();
      else {
        this.#waiting.push({ row, offset: offsets[index] ?? 0 });
        if (this.#waiting.length >= this.#window) await this.#meet(false);
      }
    }
  }

  /**
   * To be called after the last row that is demanded. What comes after it is read as far as needed,
   * late ones come last; `readsOn`: in any case.
   */
  async end(readsOn: boolean): Promise<void> {
    while (this.#waiting.length > 0) await this.#meet(true);
    if (!this.#isAligned && this.#part.from > 0) await this.#skipEarlier();
    if (readsOn || this.#unplaced.length > 0) this.#beyond = await this.#records.drain();
    for (const { digest, missed, instead } of this.#unplaced) {
      const isLate = this.#late.claim(digest);
      if (isLate) this.lateCount++;
      const told = isLate ? instead : missed;
      if (told) this.#findings.note(told);
    }
  }

  /** After the end: how many records are left, as far as they can be told apart. */
  countBeyond(): number {
    if (this.#isLost) return 0;
    // Of a cut topic, late ones may belong to rows that were not compared.
    return this.#beyond + (this.#part.isCut ? 0 : this.#late.left);
  }

  /** Whether more may be looked at before rows and records are given up. */
  #mayGrow(): boolean {
    const bytes = this.#waiting.reduce((sum, { row }) => sum + (row.value?.length ?? 0), 0);
    return this.#window < windowSize.most && bytes < windowBytesMax;
  }

  async #next(): Promise<KafkaMessage | undefined> {
    await this.#records.read();
    return this.#records.next;
  }

  /**
   * Finds where both begin: passes over records of outcomes before the beginning, and, where the
   * topic is cut, over rows whose records were deleted. Says whether the row is to be compared.
   */
  async #align(row: OutboxRow): Promise<boolean> {
    if (this.#part.from > 0) await this.#skipEarlier(row);
    const record = await this.#next();
    this.#isAligned = !this.#part.isCut || (record !== undefined && isSameMessage(row, record));
    return this.#isAligned;
  }

  async #skipEarlier(row?: OutboxRow): Promise<void> {
    for (let record = await this.#next(); record; record = await this.#next()) {
      if (row && isSameMessage(row, record)) return;
      const cause = causeOf(this.#part.kind, record);
      if (cause === undefined || cause >= this.#part.from) return;
      this.#records.skip();
    }
  }

  /**
   * Says what parts the next rows and records, up to where they are at one again; `isLast`: no rows
   * come any more.
   */
  async #meet(isLast: boolean): Promise<void> {
    const records = await this.#records.window(this.#window);
    const places = new Map<string, number>();
    records.forEach((record, index) => {
      const text = messageText(record);
      if (!places.has(text)) places.set(text, index);
    });
    let rowsLeft = this.#waiting.length;
    let recordsLeft = records.length;
    let isMet = false;
    for (const [index, { row }] of this.#waiting.entries()) {
      const place = places.get(messageText(row));
      if (place === undefined || (isMet && index + place >= rowsLeft + recordsLeft)) continue;
      [rowsLeft, recordsLeft, isMet] = [index, place, true];
    }
    const isEnd = records.length < this.#window;
    if (!isMet && !(isLast && isEnd) && this.#mayGrow()) {
      this.#window *= 2;
      return;
    }
    this.#window = windowSize.first;
    if (!isMet && !isEnd) return this.#lose(records);
    const rows = this.#waiting.splice(0, rowsLeft);
    // What follows the last demanded row may belong to records that were applied meanwhile.
    if (!isMet) recordsLeft = Math.min(recordsLeft, rowsLeft);
    this.#records.skip(recordsLeft);
    this.#tell(rows, records.slice(0, recordsLeft));
    await this.#settle();
  }

  /** Takes what is at one again off both sides. */
  async #settle(): Promise<void> {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const record = await this.#next();
      if (!record || !isSameMessage(first.row, record)) return;
      this.#waiting.shift();
      this.#records.skip();
    }
  }

  /** Rows and records up to where both are at one: in pairs they differ, the rest has no other. */
  #tell(rows: readonly Demanded[], records: readonly KafkaMessage[]): void {
    for (let index = 0; index < Math.max(rows.length, records.length); index++) {
      const [demanded, record] = [rows[index], records[index]];
      if (demanded && record) this.#differing(demanded, record);
      else if (demanded) this.#missing(demanded);
      else if (record) this.#surplus(record);
    }
  }

  /** Nothing is at one again as far as can be seen: the first difference stands for all. */
  #lose(records: readonly KafkaMessage[]): void {
    const [demanded] = this.#waiting;
    const [record] = records;
    if (demanded && record) this.#differing(demanded, record);
    this.#waiting.length = 0;
    this.#isLost = true;
  }

  #differing({ row, offset }: Demanded, record: KafkaMessage): void {
    const difference = messageDifference(row.kind, row, record);
    if (!difference) return;
    const { path, expected, found } = difference;
    const what = `sequence ${row.sequence}, offset ${record.offset}: ${path}`;
    const missed = this.#told(what, row, offset, { expected, found });
    this.#unplaced.push({ digest: messageDigest(row), missed, instead: this.#tooMany(record) });
  }

  #missing({ row, offset }: Demanded): void {
    const isKept = this.#unplaced.length < toldMax;
    const texts = { expected: isKept ? describeMessage(row.kind, row) : 'a record', found: '' };
    const missed = this.#told(`sequence ${row.sequence}: record`, row, offset, texts);
    this.#unplaced.push({ digest: messageDigest(row), missed, instead: undefined });
  }

  #surplus(record: KafkaMessage): void {
    this.#findings.note(this.#tooMany(record));
  }

  #tooMany(record: KafkaMessage): Told {
    const { kind } = this.#part;
    const texts = { expected: '', found: describeMessage(kind, record) };
    const message = { kind, key: record.key, value: record.value };
    const cause = causeOf(kind, record) ?? null;
    return this.#told(`offset ${record.offset}: record`, message, cause, texts);
  }

  #told(
    what: string,
    message: Pick<OutboxRow, 'kind' | 'key' | 'value'>,
    offset: number | null,
    texts: { expected: string; found: string },
  ): Told {
    const item = itemOfMessage(message.kind, message);
    return { where: this.#part.topic, what, item, offset, ...texts };
  }
}

/** The log offset of which a published record says that it caused it, if it can be read. */
function causeOf(kind: PublishedPart['kind'], record: KafkaMessage): number | undefined {
  try {
    if (kind === 'event') return decodeStockEvent(record.value).offset;
    if (kind === 'verdict') return decodeOrderStockEvent(record.value).offset;
    const header = record.headers?.['onhand-offset'];
    return header === undefined ? undefined : Number(header);
  } catch {
    return undefined;
  }
}
