import type { Connection } from 'mysql2/promise';
import { laneRecords } from '../../consumers/laneRecords.ts';
import type { StockEvent } from '../domain/events.ts';
import type { OrderFact } from '../domain/order/orderFacts.ts';
import { LaneReplay } from '../engine/laneReplay.ts';
import type { OrderReplay } from '../engine/orderReplay.ts';
import type { PartitionReader } from '../messaging/partitionReader.ts';
import { topicsOf } from '../messaging/topics.ts';
import { readFailedDecisions } from '../storage/failedDecisions.ts';
import { type LaneTable, laneTables } from '../storage/laneTables.ts';
import { createShadow, emptyShadow, putShadow } from '../storage/shadowTables.ts';
import { ChangedKeys } from './changedKeys.ts';
import type { CheckpointChunk } from './checkpointChunk.ts';
import type { FoldTally } from './foldTally.ts';
import type { LaneSources } from './laneSources.ts';
import { putChunk } from './putChunk.ts';
import { ShadowOutbox } from './shadowOutbox.ts';
import { changedRows, stateRows } from './stateRows.ts';

/**
 * A lane that is folded from its log into shadow tables on a connection of its own, while the
 * lane's owner goes on. Nothing that others see is changed.
 */
export class ShadowLane {
  readonly replay: LaneReplay | OrderReplay;
  readonly connection: Connection;
  readonly outbox: ShadowOutbox;
  readonly #sources: LaneSources;
  readonly #reader: PartitionReader;
  readonly #changed = new ChangedKeys();
  /** First offset that is not folded; markers and remains of transactions count as folded. */
  #position = 0;
  #isWritten = false;
  #records = 0;
  readonly #tally: FoldTally;

  constructor(
    sources: LaneSources,
    connection: Connection,
    reader: PartitionReader,
    replay: LaneReplay | OrderReplay,
    outbox: ShadowOutbox,
    tally: FoldTally,
  ) {
    this.#sources = sources;
    this.connection = connection;
    this.#reader = reader;
    this.replay = replay;
    this.outbox = outbox;
    this.#tally = tally;
  }

  get position(): number {
    return this.#position;
  }

  /** Records folded so far. */
  get records(): number {
    return this.#records;
  }

  get tables(): readonly LaneTable[] {
    return laneTables[this.replay.progress.engine];
  }

  /** Ends it; nothing is left of its tables. */
  async close(): Promise<void> {
    this.connection.destroy();
    await this.#reader.disconnect();
  }

  async createTables(): Promise<void> {
    for (const table of this.tables) await createShadow(this.connection, table);
  }

  /** Takes over rows of a checkpoint, before anything is folded. */
  async takeOver(chunk: CheckpointChunk): Promise<void> {
    putChunk(this.replay, chunk);
    if (chunk.table === 'outbox') await this.outbox.takeOver(chunk.rows);
  }

  /** Goes on from a checkpoint's offset. */
  resume(at: { nextOffset: number; outboxSequence: number; logTime: number }): void {
    this.replay.resume(at);
    this.#position = at.nextOffset;
  }

  /** Folds the log up to an offset, and writes the outbox rows that it demands. */
  async advance(to: number): Promise<void> {
    const { registry, topics } = this.#sources;
    const { engine, lane } = this.replay.progress;
    const topic = topicsOf(topics, engine).input.name;
    this.replay.learnFailed(await readFailedDecisions(this.connection, engine, lane));
    this.#tally.expect(Math.max(0, to - this.#position));
    let writing: Promise<void> = Promise.resolve();
    for await (const messages of this.#reader.read(topic, lane, this.#position, to)) {
      await registry?.learn(registry.unlearned(messages));
      const { facts, rows } = this.replay.fold(laneRecords(messages, registry));
      if (this.#isWritten) this.#note(facts);
      // One batch is written while the next one is folded.
      await writing;
      writing = this.outbox.put(rows);
      writing.catch(() => undefined);
      this.#records += messages.length;
      this.#moveTo(Number(messages.at(-1)?.offset ?? -1) + 1);
    }
    await writing;
    this.#moveTo(to);
  }

  /** Writes the state at the present offset: all of it, then only what has changed since. */
  async writeState(): Promise<void> {
    const rows = this.#isWritten
      ? changedRows(this.replay, this.#changed, this.#position)
      : stateRows(this.replay, this.#position);
    for (const table of this.tables) {
      if (table.name === 'outbox') continue;
      // Few, and the only ones that go.
      if (table.name === 'parked_commands') await emptyShadow(this.connection, table);
      await putShadow(this.connection, table, rows[table.name] ?? []);
    }
    this.#isWritten = true;
    this.outbox.seal();
    this.#changed.clear();
  }

  #moveTo(offset: number): void {
    if (offset <= this.#position) return;
    this.#tally.done(offset - this.#position);
    this.#position = offset;
  }

  #note(facts: readonly (StockEvent | OrderFact)[]): void {
    if (this.replay instanceof LaneReplay) this.#changed.noteEvents(facts as StockEvent[]);
    else this.#changed.noteOrders(facts as OrderFact[]);
  }
}
