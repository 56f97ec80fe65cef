import type { Knex } from 'knex';

/** Orders, and what the order engine adds to the tables that both engines share. */
export async function up(knex: Knex): Promise<void> {
  // Replaced as a whole by each slice that touches the order; `applied` changes every time.
  await knex.raw(`
    CREATE TABLE orders (
      lane     SMALLINT UNSIGNED NOT NULL,
      order_id VARCHAR(64) NOT NULL,
      state    JSON NOT NULL COMMENT 'head, lines, open returns and noted events',
      due_at   BIGINT NULL COMMENT 'payment deadline while it runs',
      applied  BIGINT NOT NULL COMMENT 'log offset before which it was last changed',
      PRIMARY KEY (lane, order_id),
      KEY due (lane, due_at, order_id)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
  await knex.raw(`
    ALTER TABLE outbox MODIFY kind ENUM('event', 'dead-letter', 'reply', 'command', 'verdict')
      NOT NULL COMMENT 'decides the topic'`);
  await knex.raw(`
    ALTER TABLE failed_decisions
      ADD engine ENUM('stock', 'order') NOT NULL DEFAULT 'stock' FIRST,
      DROP PRIMARY KEY, ADD PRIMARY KEY (engine, lane, at_offset, log_offset),
      DROP KEY command, ADD KEY command (engine, lane, log_offset)`);
  await knex.raw('ALTER TABLE failed_decisions ALTER engine DROP DEFAULT');
}

/** Migrations go forward only: a database that held stock is never thrown back. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations go forward only; restore a backup instead'));
}
