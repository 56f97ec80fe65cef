import type { Knex } from 'knex';

/** What keeps two writers apart by what is in the rows, whatever a session is set to. */
export async function up(knex: Knex): Promise<void> {
  // A stale owner's compare-and-set would make the offset negative: refused in every sql_mode.
  await knex.raw(`
    ALTER TABLE progress ADD CONSTRAINT never_by_stale_owner CHECK (next_offset >= 0)`);
  await knex.raw(`
    CREATE TABLE installation (
      only_row     TINYINT UNSIGNED NOT NULL DEFAULT 1,
      topic_prefix VARCHAR(255) NOT NULL COMMENT 'of its topics and groups; may be empty',
      cluster_id   VARCHAR(255) NOT NULL COMMENT 'of the Kafka cluster with its topics',
      PRIMARY KEY (only_row),
      CONSTRAINT one_installation CHECK (only_row = 1)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin COMMENT 'whose database this is'`);
}

/** Migrations go forward only: a database that held stock is never thrown back. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations go forward only; restore a backup instead'));
}
