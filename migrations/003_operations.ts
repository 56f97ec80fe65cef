import type { Knex } from 'knex';

/** What operators do to the lanes, and the states of lanes that were put by. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE operations (
      id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      verb       VARCHAR(64) NOT NULL,
      arguments  JSON NOT NULL,
      who        VARCHAR(128) NOT NULL COMMENT 'user and host of the command',
      started_at BIGINT NOT NULL COMMENT 'ms since 1970, by the clock of that host',
      ended_at   BIGINT NULL,
      outcome    ENUM('running', 'done', 'failed', 'interrupted') NOT NULL,
      detail     VARCHAR(1000) NOT NULL DEFAULT '' COMMENT 'what was done, or why it failed',
      PRIMARY KEY (id)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
  await knex.raw(`
    CREATE TABLE checkpoints (
      engine          ENUM('stock', 'order') NOT NULL,
      lane            SMALLINT UNSIGNED NOT NULL,
      next_offset     BIGINT NOT NULL COMMENT 'the state is that of the log before it',
      topic_id        CHAR(22) NOT NULL,
      partition_count SMALLINT UNSIGNED NOT NULL,
      outbox_sequence BIGINT NOT NULL,
      log_time        BIGINT NOT NULL,
      outbox_from     BIGINT NOT NULL COMMENT 'sequence from which on it holds outbox rows',
      created_at      BIGINT NOT NULL COMMENT 'ms since 1970, by the clock of who made it',
      row_count       BIGINT NOT NULL,
      bytes           BIGINT NOT NULL COMMENT 'of its chunks, compressed',
      digest          CHAR(64) NOT NULL COMMENT 'SHA-256 of its chunks, not compressed',
      PRIMARY KEY (engine, lane, next_offset)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
  await knex.raw(`
    CREATE TABLE checkpoint_chunks (
      engine      ENUM('stock', 'order') NOT NULL,
      lane        SMALLINT UNSIGNED NOT NULL,
      next_offset BIGINT NOT NULL,
      number      INT UNSIGNED NOT NULL,
      data        MEDIUMBLOB NOT NULL COMMENT 'JSON, deflated: a table, its columns, rows',
      PRIMARY KEY (engine, lane, next_offset, number)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
  await knex.raw(`
    CREATE TABLE dead_letter_marks (
      engine        ENUM('stock', 'order') NOT NULL,
      topic_id      CHAR(22) NOT NULL COMMENT 'incarnation of the dead-letter topic',
      lane          SMALLINT UNSIGNED NOT NULL,
      letter_offset BIGINT NOT NULL COMMENT 'in that topic',
      mark          ENUM('resent', 'discarded') NOT NULL COMMENT 'what an operator did about it',
      operation     BIGINT UNSIGNED NOT NULL COMMENT 'id in operations',
      PRIMARY KEY (engine, topic_id, lane, letter_offset)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
}

/** Migrations go forward only: a database that held stock is never thrown back. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations go forward only; restore a backup instead'));
}
