import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Condition } from './conditions.ts';
import { type LaneStatus, laneStateNames } from './laneStatus.ts';

/** Which engine a value is of; a label of most metrics. */
const engines = ['stock', 'order'] as const;
type Engine = (typeof engines)[number];

/** What is told of the lanes of an engine. */
export interface EngineLanes {
  engine: Engine;
  lanes: readonly LaneStatus[];
  consumergroup: string;
  topic: string;
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const countBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/** A metric as the README lists it. */
export interface MetricText {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  labels: readonly string[];
  help: string;
}

type LaneNumber = keyof Pick<
  LaneStatus,
  | 'nextOffset'
  | 'lagRecords'
  | 'lagSeconds'
  | 'openRecords'
  | 'outboxLagRows'
  | 'oldestUnpublishedSeconds'
>;

/**
 * Every metric of one processor. Values of labels are few: lanes, states, names of outcomes; never
 * an SKU or an id. What happens in slices is added once per slice, not once per command.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly texts: MetricText[] = [];

  readonly #lanes = this.#gauge(
    'onhand_lanes',
    'lanes assigned to this process',
    'engine',
    'state',
  );
  readonly #ofLane: Record<LaneNumber, Gauge> = {
    nextOffset: this.#gauge(
      'onhand_lane_next_offset',
      'progress of a lane: the first offset that is not applied',
      'engine',
      'lane',
    ),
    lagRecords: this.#gauge(
      'onhand_lane_lag_records',
      'records from the progress of a lane to the end of its log, those of open transactions ' +
        'included, looked up every few seconds',
      'engine',
      'lane',
    ),
    lagSeconds: this.#gauge(
      'onhand_lane_lag_seconds',
      'age of the oldest record that is fetched and not applied, or how long a transaction ' +
        'holds the lane up; 0 when all is applied',
      'engine',
      'lane',
    ),
    openRecords: this.#gauge(
      'onhand_lane_open_records',
      'records at the end of the log of a lane that wait for the end of a transaction',
      'engine',
      'lane',
    ),
    outboxLagRows: this.#gauge(
      'onhand_outbox_lag_rows',
      'committed outbox rows that are not on Kafka',
      'engine',
      'lane',
    ),
    oldestUnpublishedSeconds: this.#gauge(
      'onhand_outbox_oldest_unpublished_seconds',
      'age of the oldest row that is not on Kafka, since its commit or ' +
        'since this process has the lane',
      'engine',
      'lane',
    ),
  };
  readonly #groupLag = this.#gauge(
    'kafka_consumergroup_lag',
    'onhand_lane_lag_records under the name that dashboards for Kafka know',
    'consumergroup',
    'topic',
    'partition',
  );
  readonly parkedItems = this.#gauge(
    'onhand_parked_items',
    'stock items whose commands wait behind one that cannot be decided',
    'engine',
    'lane',
  );
  readonly #conditions = this.#gauge(
    'onhand_condition_seconds',
    'for how long a condition is seen; absent when it is over',
    'condition',
    'engine',
    'lane',
    'topic',
  );
  readonly viewLanesBehind = this.#gauge(
    'onhand_view_lanes_behind',
    'lanes of this process of which Redis lacks something; readers are answered from MySQL',
  );
  readonly serverUp = this.#gauge(
    'onhand_server_up',
    '1 when the server answered the last question, asked every few seconds; else 0',
    'server',
  );

  /** By outcome: of commands, and of order events. */
  readonly outcomes: Record<Engine, Counter> = {
    stock: this.#counter(
      'onhand_commands_total',
      'commands by outcome: kind of the event, reason of the rejection, Repeated (the answer is ' +
        'an earlier one), or Unknown (the answer to COMMIT was lost)',
      'outcome',
    ),
    order: this.#counter(
      'onhand_order_events_total',
      'order events by what came of them: kind of the verdict, reason of the refusal, Noted (no ' +
        'verdict by itself, or a repeat), or Unknown (the answer to COMMIT was lost)',
      'outcome',
    ),
  };
  /** What ended by time. */
  readonly expired: Record<Engine, Counter> = {
    stock: this.#counter(
      'onhand_reservations_expired_total',
      'reservations that expired, which no command asks for',
    ),
    order: this.#counter(
      'onhand_orders_expired_total',
      'orders that were not paid in time, which no event asks for',
    ),
  };
  readonly deadLetters = this.#counter(
    'onhand_dead_letters_total',
    'records that went to a dead-letter topic',
    'engine',
  );
  readonly sliceCommands = this.#histogram(
    'onhand_slice_commands',
    'records in a slice: what a lane adds to one transaction',
    countBuckets,
    'engine',
  );
  readonly sliceSeconds = this.#histogram(
    'onhand_slice_seconds',
    'time of a slice from loading to the end of its commit',
    secondsBuckets,
    'engine',
  );
  readonly sliceCommitSeconds = this.#histogram(
    'onhand_slice_commit_seconds',
    'time of the MySQL transaction that carries a slice, statements and COMMIT',
    secondsBuckets,
    'engine',
  );
  readonly slicesFenced = this.#counter(
    'onhand_slices_fenced_total',
    'slices whose compare-and-set failed; they wrote nothing',
    'engine',
  );
  readonly slicesRetried = this.#counter(
    'onhand_slices_retried_total',
    'failed tries of slices that were tried again: MySQL away, deadlock, lock wait',
    'engine',
  );

  readonly publishRows = this.#histogram(
    'onhand_publish_rows',
    'outbox rows in a Kafka transaction',
    countBuckets,
    'engine',
  );
  readonly publishSeconds = this.#histogram(
    'onhand_publish_seconds',
    'time of a Kafka transaction, from begin to commit',
    secondsBuckets,
    'engine',
  );
  readonly publisherRestarts = this.#counter(
    'onhand_publisher_restarts_total',
    'publishers that started anew after an error',
    'engine',
  );

  /** Adds what Node and the operating system know of this process. It cannot be taken back. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Sets what is told per lane. Lanes that are not in the lists any more vanish. */
  showLanes(engines: readonly EngineLanes[]): void {
    this.#groupLag.reset();
    for (const gauge of Object.values(this.#ofLane)) gauge.reset();
    for (const { engine, lanes, consumergroup, topic } of engines) {
      for (const state of laneStateNames) {
        this.#lanes.set({ engine, state }, lanes.filter((lane) => lane.state === state).length);
      }
      for (const [name, gauge] of Object.entries(this.#ofLane)) {
        for (const status of lanes) {
          const value = status[name as LaneNumber];
          if (value !== null) gauge.set({ engine, lane: status.lane }, value);
        }
      }
      for (const { lane: partition, lagRecords: lag } of lanes) {
        if (lag !== null) this.#groupLag.set({ consumergroup, topic, partition }, lag);
      }
    }
  }

  /** Sets what holds now. Conditions that are not in the list any more vanish. */
  showConditions(conditions: readonly Condition[], now: number): void {
    this.#conditions.reset();
    for (const { code: condition, engine = '', lane = '', topic = '', since } of conditions) {
      const seconds = Math.max(0, (now - Date.parse(since)) / 1000);
      this.#conditions.set({ condition, engine, lane, topic }, seconds);
    }
  }

  #gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    this.texts.push({ name, type: 'gauge', labels: labelNames, help });
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #counter(name: string, help: string, ...labelNames: string[]): Counter {
    this.texts.push({ name, type: 'counter', labels: labelNames, help });
    const counter = new Counter({ name, help, labelNames, registers: [this.registry] });
    // From 0 on, so that the first increase is seen.
    if (labelNames.includes('engine')) engines.forEach((engine) => counter.inc({ engine }, 0));
    return counter;
  }

  #histogram(name: string, help: string, buckets: number[], ...labelNames: string[]): Histogram {
    this.texts.push({ name, type: 'histogram', labels: labelNames, help });
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
