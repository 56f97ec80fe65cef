import type { Logger } from 'pino';
import { RawRecordProducer } from '../../producers/rawRecordProducer.ts';
import type { Settings } from '../config/settings.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import type { ChosenEvent } from './eventsSelection.ts';
import type { EventsTarget } from './eventsTarget.ts';

/**
 * Sends published events again as they are: key, value, headers and time stamp. They go to the
 * partition of the same number where the target has as many as the source, else by their key, so
 * that the events of a key stay in order.
 */
export class EventsSender {
  readonly #producer: RawRecordProducer;
  readonly #target: EventsTarget;
  readonly #samePartitions: boolean;

  constructor(settings: Settings, logger: Logger, source: number, target: EventsTarget) {
    this.#producer = new RawRecordProducer(settings, 'onhand-replay', logger, target.name);
    this.#target = target;
    this.#samePartitions = source === target.partitions;
  }

  /** Resolves when Kafka has all of them. Throws kafkajs' errors. */
  async send(events: readonly ChosenEvent[]): Promise<void> {
    await this.#producer.send(
      events.map(({ partition, record }) => {
        const { key, value, headers = {}, timestamp } = record;
        const home = () => partitionOf(String(key ?? ''), this.#target.partitions);
        const placed = this.#samePartitions ? partition : home();
        return { key, value, headers, timestamp, partition: placed };
      }),
    );
  }

  async disconnect(): Promise<void> {
    await this.#producer.disconnect();
  }
}
