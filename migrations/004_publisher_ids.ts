import type { Knex } from 'knex';

/** One producer publishes for many lanes: each lane notes which, for whoever comes after it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE publications ADD publisher VARCHAR(255) NULL
      COMMENT 'transactional id that may have a transaction open for the lane'`);
}

/** Migrations go forward only: a database that held stock is never thrown back. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations go forward only; restore a backup instead'));
}
