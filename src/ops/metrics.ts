import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { type LaneStatus, laneStateNames } from './laneStatus.ts';

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
  'nextOffset' | 'lagRecords' | 'lagSeconds' | 'outboxLagRows' | 'oldestUnpublishedSeconds'
>;

/**
 * Every metric of one processor. Values of labels are few: lanes, states, names of outcomes; never
 * an SKU or an id. What happens in slices is added once per slice, not once per command.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly texts: MetricText[] = [];

  readonly #lanes = this.#gauge('onhand_lanes', 'lanes assigned to this process', 'state');
  readonly #ofLane: Record<LaneNumber, Gauge> = {
    nextOffset: this.#gauge(
      'onhand_lane_next_offset',
      'progress of a lane: the first offset that is not applied',
      'lane',
    ),
    lagRecords: this.#gauge(
      'onhand_lane_lag_records',
      'records from the progress of a lane to the end of its log, looked up every few seconds',
      'lane',
    ),
    lagSeconds: this.#gauge(
      'onhand_lane_lag_seconds',
      'age of the oldest record that is fetched and not applied, 0 when all is applied',
      'lane',
    ),
    outboxLagRows: this.#gauge(
      'onhand_outbox_lag_rows',
      'committed outbox rows that are not on Kafka',
      'lane',
    ),
    oldestUnpublishedSeconds: this.#gauge(
      'onhand_outbox_oldest_unpublished_seconds',
      'age of the oldest row that is not on Kafka, since its commit or ' +
        'since this process has the lane',
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
    'lane',
  );
  readonly serverUp = this.#gauge(
    'onhand_server_up',
    '1 when the server answered the last question, asked every few seconds; else 0',
    'server',
  );

  readonly commands = this.#counter(
    'onhand_commands_total',
    'commands by outcome: kind of the event, reason of the rejection, Repeated (the answer is an ' +
      'earlier one), or Unknown (the answer to COMMIT was lost)',
    'outcome',
  );
  readonly reservationsExpired = this.#counter(
    'onhand_reservations_expired_total',
    'reservations that expired, which no command asks for',
  );
  readonly deadLetters = this.#counter(
    'onhand_dead_letters_total',
    'records that went to the dead-letter topic',
  );
  readonly sliceCommands = this.#histogram(
    'onhand_slice_commands',
    'records in a slice, which is one transaction',
    countBuckets,
  );
  readonly sliceSeconds = this.#histogram(
    'onhand_slice_seconds',
    'time of a slice from loading to the end of its commit',
    secondsBuckets,
  );
  readonly sliceCommitSeconds = this.#histogram(
    'onhand_slice_commit_seconds',
    'time of the MySQL transaction of a slice, statements and COMMIT',
    secondsBuckets,
  );
  readonly slicesFenced = this.#counter(
    'onhand_slices_fenced_total',
    'slices whose compare-and-set failed; they wrote nothing',
  );
  readonly slicesRetried = this.#counter(
    'onhand_slices_retried_total',
    'failed tries of slices that were tried again: MySQL away, deadlock, lock wait',
  );

  readonly publishRows = this.#histogram(
    'onhand_publish_rows',
    'outbox rows in a Kafka transaction',
    countBuckets,
  );
  readonly publishSeconds = this.#histogram(
    'onhand_publish_seconds',
    'time of a Kafka transaction, from begin to commit',
    secondsBuckets,
  );
  readonly publisherRestarts = this.#counter(
    'onhand_publisher_restarts_total',
    'publishers that started anew after an error',
  );

  /** Adds what Node and the operating system know of this process. It cannot be taken back. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Sets what is told per lane. Lanes that are not in the list any more vanish. */
  showLanes(lanes: readonly LaneStatus[], consumergroup: string, topic: string): void {
    for (const state of laneStateNames) {
      this.#lanes.set({ state }, lanes.filter((lane) => lane.state === state).length);
    }
    this.#groupLag.reset();
    for (const [name, gauge] of Object.entries(this.#ofLane)) {
      gauge.reset();
      for (const status of lanes) {
        const value = status[name as LaneNumber];
        if (value !== null) gauge.set({ lane: status.lane }, value);
      }
    }
    for (const { lane: partition, lagRecords } of lanes) {
      if (lagRecords !== null) this.#groupLag.set({ consumergroup, topic, partition }, lagRecords);
    }
  }

  #gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    this.texts.push({ name, type: 'gauge', labels: labelNames, help });
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  #counter(name: string, help: string, ...labelNames: string[]): Counter {
    this.texts.push({ name, type: 'counter', labels: labelNames, help });
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    this.texts.push({ name, type: 'histogram', labels: [], help });
    return new Histogram({ name, help, buckets, registers: [this.registry] });
  }
}
