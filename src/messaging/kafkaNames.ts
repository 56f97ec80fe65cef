import type { Settings } from '../config/settings.ts';
import type { EngineName } from '../storage/progress.ts';

type Prefix = Pick<Settings, 'ONHAND_TOPIC_PREFIX'>;

/**
 * Of one producer, for as long as it lives: `unique` is never used again. To begin with it a second
 * time fences whoever had it.
 */
export function transactionalId(settings: Prefix, engine: EngineName, unique: string): string {
  return `${settings.ONHAND_TOPIC_PREFIX}onhand-${engine}-outbox-${unique}`;
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
