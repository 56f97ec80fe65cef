import type { Knex } from 'knex';

/**
 * What a lane applied last, to be found again in its log. Nothing is known of lanes from before
 * until their next slice.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE progress
      ADD applied_offset BIGINT NULL COMMENT 'of the last applied record; behind it, only markers',
      ADD applied_time BIGINT NULL COMMENT 'its append time as the broker gave it',
      ADD applied_digest CHAR(22) NULL COMMENT 'of its key, value and headers'`);
}

/** Migrations go forward only: a database that held stock is never thrown back. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations go forward only; restore a backup instead'));
}
