import type { Knex } from 'knex';

/**
 * Everything leads with the lane (one partition of one engine), so that lanes never wait for each
 * other and the tables could be split by lane over several servers. Times are log time in ms since
 * 1970. Only the engine writes these tables. Names are compared byte by byte: `85123A` and `85123a`
 * are two SKUs.
 */
export async function up(knex: Knex): Promise<void> {
  await createState(knex);
  await createParking(knex);
  await createOutbox(knex);
}

/** What the engine holds: how far each lane is, and the stock at that point. */
async function createState(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE progress (
      engine          ENUM('stock', 'order') NOT NULL,
      lane            SMALLINT UNSIGNED NOT NULL COMMENT 'partition of the input topic',
      topic_id        CHAR(22) NOT NULL COMMENT 'incarnation of the input topic',
      partition_count SMALLINT UNSIGNED NOT NULL COMMENT 'of the input topic; fixed for life',
      next_offset     BIGINT NOT NULL COMMENT 'first offset that is not applied',
      outbox_sequence BIGINT NOT NULL COMMENT 'last sequence in the outbox',
      log_time        BIGINT NOT NULL COMMENT 'of the last applied record, made monotonic',
      epoch           BIGINT NOT NULL COMMENT 'raised by every claim; an older one is fenced',
      owner           VARCHAR(64) NOT NULL COMMENT 'process that claimed last, for people',
      PRIMARY KEY (engine, lane)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
  await knex.raw(`
    CREATE TABLE stock_levels (
      lane     SMALLINT UNSIGNED NOT NULL,
      sku      VARCHAR(64) NOT NULL,
      location VARCHAR(64) NOT NULL,
      on_hand  BIGINT NOT NULL,
      reserved BIGINT NOT NULL,
      sequence BIGINT NOT NULL COMMENT 'of the last event of this stock item',
      known    BOOLEAN NOT NULL COMMENT 'false until stock was received, adjusted or counted',
      PRIMARY KEY (lane, sku, location),
      CONSTRAINT never_oversold CHECK (reserved >= 0 AND on_hand >= reserved)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
  // Led by the order, so that the rows of new orders are neighbours and an order's lines are found.
  await knex.raw(`
    CREATE TABLE reservations (
      lane       SMALLINT UNSIGNED NOT NULL,
      order_id   VARCHAR(64) NOT NULL,
      sku        VARCHAR(64) NOT NULL,
      location   VARCHAR(64) NOT NULL,
      granted    BIGINT NOT NULL,
      pending    BIGINT NOT NULL,
      confirmed  BIGINT NOT NULL,
      released   BIGINT NOT NULL,
      expired    BIGINT NOT NULL,
      returned   BIGINT NOT NULL,
      started_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL,
      tombstone  BOOLEAN NOT NULL COMMENT 'released before it was reserved',
      due_at     BIGINT GENERATED ALWAYS AS (IF(pending > 0, expires_at, NULL)) VIRTUAL,
      PRIMARY KEY (lane, order_id, sku, location),
      KEY due (lane, due_at, sku, location, order_id),
      CONSTRAINT quantities_add_up CHECK (
        granted = pending + confirmed + released + expired AND returned <= confirmed
        AND LEAST(pending, confirmed, released, expired, returned) >= 0
      )
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
}

/** Commands that could not be decided, and those that wait behind them. */
async function createParking(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE parked_commands (
      lane       SMALLINT UNSIGNED NOT NULL,
      log_offset BIGINT NOT NULL COMMENT 'of the command in the log: their order',
      sku        VARCHAR(64) NOT NULL,
      location   VARCHAR(64) NOT NULL,
      time       BIGINT NOT NULL,
      value      MEDIUMBLOB NOT NULL COMMENT 'bytes of the command, as received',
      PRIMARY KEY (lane, log_offset),
      KEY item (lane, sku, location)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
  // Kept for good: a replay parks what was parked, also in a build that could decide it.
  await knex.raw(`
    CREATE TABLE failed_decisions (
      lane       SMALLINT UNSIGNED NOT NULL,
      at_offset  BIGINT NOT NULL COMMENT 'record at which it was decided: itself, or a retry',
      log_offset BIGINT NOT NULL COMMENT 'of the command in the log',
      reason     VARCHAR(500) NOT NULL,
      PRIMARY KEY (lane, at_offset, log_offset),
      KEY command (lane, log_offset)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
}

/** What is to be published, and how far that is done. */
async function createOutbox(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE outbox (
      engine     ENUM('stock', 'order') NOT NULL,
      lane       SMALLINT UNSIGNED NOT NULL,
      sequence   BIGINT NOT NULL COMMENT 'dense, in commit order, from the progress row',
      kind       ENUM('event', 'dead-letter') NOT NULL COMMENT 'decides the topic',
      command_id VARCHAR(64) NULL COMMENT 'on the first outcome of a command: how it is remembered',
      time       BIGINT NOT NULL,
      record_key MEDIUMBLOB NULL,
      headers    JSON NULL COMMENT 'a character per byte',
      value      MEDIUMBLOB NULL,
      PRIMARY KEY (engine, lane, sequence),
      UNIQUE KEY remembered (engine, lane, command_id)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
  await knex.raw(`
    CREATE TABLE publications (
      engine    ENUM('stock', 'order') NOT NULL,
      lane      SMALLINT UNSIGNED NOT NULL,
      published BIGINT NOT NULL COMMENT 'outbox rows up to this sequence are on Kafka for certain',
      PRIMARY KEY (engine, lane)
    ) ENGINE=InnoDB COLLATE utf8mb4_bin`);
}

/** Migrations go forward only: a database that held stock is never thrown back. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations go forward only; restore a backup instead'));
}
