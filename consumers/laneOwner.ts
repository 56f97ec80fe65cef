import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { LaneWork } from '../src/engine/laneWork.ts';
import { sliceLimitsOf } from '../src/engine/sliceLimits.ts';
import { OperationalError, messageOf } from '../src/ops/errors.ts';
import { faultPoint } from '../src/ops/faultPoint.ts';
import type { Condition } from '../src/ops/conditions.ts';
import type { LaneStatus } from '../src/ops/laneStatus.ts';
import { troubleOf } from '../src/ops/trouble.ts';
import { inTransaction } from '../src/storage/database.ts';
import { type Progress, claimLane } from '../src/storage/progress.ts';
import { countSlice } from './countSlice.ts';
import type { FetchControls } from './fetchControls.ts';
import { Lane } from './lane.ts';
import type { LaneContext } from './laneContext.ts';
import { laneConditions } from './laneConditions.ts';
import { lanesPutBack } from './lanesPutBack.ts';
import { type LaneTrouble, claiming, fenced } from './laneTrouble.ts';
import { firstYounger, logReplaced, traceRecord } from './logHistory.ts';
import { type OwnedLane, beyondOutbox, laneNumbers, noLaneNumbers } from './ownedLane.ts';
import { requirePartitionCount } from './requirePartitionCount.ts';
import { requireWithinLog } from './requireWithinLog.ts';
import { UnpublishedAge } from './unpublishedAge.ts';

const claimRetryMs = 1000;

/**
 * The lanes of this process. A lane goes: assigned (paused) → claimed in MySQL → at work, its
 * partition fetched from the claimed progress → released, fenced by another claim, or halted.
 */
export class LaneOwner {
  readonly #context: LaneContext;
  readonly #controls: FetchControls;
  readonly #owned = new Map<number, OwnedLane>();
  readonly #fenced = new Set<number>();
  /** Of lanes that are halted, or whose claim failed and is tried again. */
  readonly #troubles = new Map<number, LaneTrouble>();
  /** Raised by every assignment: what began under an older one must not go on. */
  #generation = 0;
  #assigned: number[] = [];
  #closed = false;
  #releasing: Promise<unknown> = Promise.resolve();

  constructor(context: LaneContext, controls: FetchControls) {
    this.#context = context;
    this.#controls = controls;
  }

  /** The lane at work on a partition, if there is one. */
  get(partition: number): Lane | undefined {
    return this.#owned.get(partition)?.lane;
  }

  /**
   * It gets no records at present, for this reason; undefined: it does again. Whether that is news.
   */
  holdUp(lane: Lane, reason: unknown): boolean {
    const owned = this.#owned.get(lane.progress.lane);
    if (owned?.lane !== lane) return false;
    const before = owned.heldUp?.reason;
    if (reason === undefined) delete owned.heldUp;
    else owned.heldUp = troubleOf(reason);
    return owned.heldUp?.reason !== before;
  }

  progress(): Progress[] {
    return [...this.#owned.values()].map(({ lane }) => lane.progress);
  }

  /** Where each assigned lane stands; undefined before the first assignment. */
  statuses(): LaneStatus[] | undefined {
    if (this.#generation === 0) return undefined;
    return this.#assigned.map((lane) => {
      const owned = this.#owned.get(lane);
      const numbers = owned ? laneNumbers(owned, this.#context.logEnds.get(lane)) : noLaneNumbers;
      const wrong = this.#troubles.get(lane) ?? this.#unclaimed(lane);
      const trouble = owned?.heldUp ?? beyondOutbox(numbers) ?? null;
      return {
        engine: this.#context.engine,
        lane,
        ...(wrong ?? { state: 'claimed', trouble }),
        ...numbers,
      };
    });
  }

  /** What holds of the lanes at work that no retry seems to end. */
  conditions(): Condition[] {
    const patienceMs = this.#context.settings.ONHAND_STALLED_SECONDS * 1000;
    return [...this.#owned.values()].flatMap((owned) => laneConditions(owned, patienceMs));
  }

  #unclaimed(lane: number): LaneTrouble | undefined {
    if (this.#owned.has(lane)) return undefined;
    return this.#fenced.has(lane) ? fenced : claiming;
  }

  /**
   * Takes a new assignment. Synchronous up to the pause: the first fetch must not come before it.
   */
  assign(partitions: number[]): void {
    // A consumer that is being stopped may still join once more.
    if (this.#closed) return;
    const generation = ++this.#generation;
    this.#assigned = partitions;
    this.#fenced.clear();
    this.#troubles.clear();
    partitions.forEach((partition) => this.#controls.pause(partition));
    this.#context.logger.info({ lanes: partitions }, 'lanes assigned');
    void this.#release().then(() => {
      for (const partition of partitions) void this.#claim(partition, generation);
    });
  }

  /** Claims again what another claim has taken from us, now that the group still counts us in. */
  reclaimFenced(): void {
    for (const partition of this.#fenced) void this.#claim(partition, this.#generation);
    this.#fenced.clear();
  }

  /** Starts lanes anew that were put back with their database; they go on from the log. */
  async reclaimPutBack(): Promise<void> {
    const { pool, engine, logger } = this.#context;
    for (const lane of await lanesPutBack(pool, engine, this.progress()).catch(() => [])) {
      logger.warn({ lane }, 'lane was put back with its database');
      void this.reclaim(lane);
    }
  }

  /** Starts a lane anew whose fetch position is no longer in the log. */
  async reclaim(partition: number): Promise<void> {
    this.#controls.pause(partition);
    await this.#stop(partition);
    await this.#claim(partition, this.#generation);
  }

  /** Ends all work, for good, and tells how far each lane came. */
  async close(): Promise<Progress[]> {
    const lanes = [...this.#owned.values()].map(({ lane }) => lane);
    this.#closed = true;
    this.#generation++;
    this.#assigned = [];
    await this.#release();
    return lanes.map(({ progress }) => progress);
  }

  #release(): Promise<unknown> {
    const stops = [...this.#owned.keys()].map((partition) => this.#stop(partition));
    this.#releasing = Promise.all([this.#releasing, ...stops]);
    return this.#releasing;
  }

  async #stop(partition: number): Promise<void> {
    const owned = this.#owned.get(partition);
    this.#owned.delete(partition);
    await owned?.lane.stop();
    this.#context.metrics.parkedItems.remove({ engine: this.#context.engine, lane: partition });
    await owned?.publisher.stop();
  }

  async #claim(partition: number, generation: number): Promise<void> {
    const logger = this.#context.logger.child({ lane: partition });
    while (generation === this.#generation && this.#assigned.includes(partition)) {
      try {
        const claim = await this.#claimInDatabase(partition);
        const work = this.#context.openWork(partition);
        const parked = await work.parkedItems();
        if (generation === this.#generation) this.#open(claim, work, parked, logger);
        return;
      } catch (error) {
        const halts = error instanceof OperationalError;
        if (generation === this.#generation) {
          const state = halts ? 'halted' : 'claiming';
          this.#troubles.set(partition, { state, trouble: troubleOf(error) });
        }
        if (halts) {
          logger.error({ code: error.code, hint: error.hint }, `lane halted: ${error.message}`);
          return;
        }
        logger.warn({ reason: messageOf(error) }, 'lane not claimed, retrying');
        await sleep(claimRetryMs);
      }
    }
  }

  async #claimInDatabase(partition: number): Promise<Progress> {
    const { engine, input, pool, admin, identifyLog } = this.#context;
    const owner = `${hostname().slice(0, 48)}:${process.pid}`;
    const identity = await identifyLog();
    requirePartitionCount(identity, input);
    const id = { engine, lane: partition, ...identity };
    // The stable end: no progress can be beyond it, so it shows more cuts than the true end.
    const log = await admin.fetchTopicOffsets(input.name);
    const claim = await inTransaction(pool, (connection) => claimLane(connection, id, owner));
    faultPoint('claim-after-commit');
    const younger = () => firstYounger(admin, input.name, claim);
    await requireWithinLog(claim, log, younger);
    await this.#requireSameLog(claim, younger);
    return claim;
  }

  /** Throws TOPIC_REPLACED when the log does not hold what the lane has applied last. */
  async #requireSameLog(claim: Progress, younger: () => Promise<number>): Promise<void> {
    const { input, reader, logger } = this.#context;
    const { lane, applied, nextOffset } = claim;
    const trace = applied
      ? await reader.use((one) => traceRecord(one, input.name, lane, applied))
      : 'unknown';
    if (typeof trace === 'object') throw logReplaced(trace, await younger());
    if (trace === 'same' || nextOffset === 0) return;
    // Nobody can tell whether the log is the same, which is no reason to stand still.
    logger.info({ lane, record: trace }, 'last applied record not compared with the log');
  }

  #open(claim: Progress, work: LaneWork, parkedItems: number, logger: Logger): void {
    const { engine, pool, settings, metrics, rounds } = this.#context;
    const partition = claim.lane;
    const publisher = this.#context.openPublisher(claim, (error) => {
      halt(error);
      void lane.stop();
    });
    const halt = (error: unknown) => {
      logger.error({ err: error }, 'lane halted');
      this.#troubles.set(partition, { state: 'halted', trouble: troubleOf(error) });
      this.#controls.pause(partition);
    };
    const unpublished = new UnpublishedAge();
    unpublished.committed(claim.outboxSequence, undefined, performance.now());
    const lane = new Lane(
      pool,
      claim,
      work,
      sliceLimitsOf(settings),
      {
        onCommitted: (records, result) => {
          publisher.offer(result?.rows);
          publisher.moved(lane.progress);
          const { outboxSequence } = lane.progress;
          unpublished.committed(outboxSequence, publisher.cursor, performance.now());
          countSlice(metrics, claim, records, result);
        },
        onRetry: () => metrics.slicesRetried.inc({ engine }),
        onRoom: () => this.#controls.resume(partition),
        onFenced: (error) => {
          logger.warn({ reason: error.message }, 'lane fenced');
          this.#controls.pause(partition);
          metrics.slicesFenced.inc({ engine });
          void this.#stop(partition);
          this.#fenced.add(partition);
        },
        onHalted: halt,
      },
      logger,
      rounds,
    );
    this.#owned.set(partition, { lane, publisher, unpublished });
    this.#troubles.delete(partition);
    metrics.parkedItems.set({ engine, lane: partition }, parkedItems);
    this.#controls.seek(partition, claim.nextOffset);
    this.#controls.resume(partition);
    logger.info({ nextOffset: claim.nextOffset, epoch: claim.epoch }, 'lane claimed');
  }
}
