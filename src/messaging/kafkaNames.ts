import type { Settings } from '../config/settings.ts';
import type { EngineName } from '../storage/progress.ts';

type Prefix = Pick<Settings, 'ONHAND_TOPIC_PREFIX'>;

/** One producer per lane may write its events; a new one with the same id fences the old one. */
export function transactionalId(settings: Prefix, engine: EngineName, lane: number): string {
  return `${settings.ONHAND_TOPIC_PREFIX}onhand-${engine}-outbox-${lane}`;
}

/** Group of an engine's members: Kafka gives each partition to one of them. */
export function consumerGroup(settings: Prefix, engine: EngineName): string {
  return `${settings.ONHAND_TOPIC_PREFIX}onhand-${engine}`;
}

/**
 * Group that nobody joins: its offsets are the publishers' cursors, the last published sequence.
 */
export function cursorGroup(settings: Prefix, engine: EngineName): string {
  return `${settings.ONHAND_TOPIC_PREFIX}onhand-${engine}-outbox`;
}
