-- What the migrations make of an empty database. Nobody runs this file: it is for reading, and a
-- test compares it with the real thing. After a change of migrations/ renew it with
-- npm run schema:dump

CREATE TABLE `checkpoint_chunks` (
  `engine` enum('stock','order') COLLATE utf8mb4_bin NOT NULL,
  `lane` smallint unsigned NOT NULL,
  `next_offset` bigint NOT NULL,
  `number` int unsigned NOT NULL,
  `data` mediumblob NOT NULL COMMENT 'JSON, deflated: a table, its columns, rows',
  PRIMARY KEY (`engine`,`lane`,`next_offset`,`number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `checkpoints` (
  `engine` enum('stock','order') COLLATE utf8mb4_bin NOT NULL,
  `lane` smallint unsigned NOT NULL,
  `next_offset` bigint NOT NULL COMMENT 'the state is that of the log before it',
  `topic_id` char(22) COLLATE utf8mb4_bin NOT NULL,
  `partition_count` smallint unsigned NOT NULL,
  `outbox_sequence` bigint NOT NULL,
  `log_time` bigint NOT NULL,
  `outbox_from` bigint NOT NULL COMMENT 'sequence from which on it holds outbox rows',
  `created_at` bigint NOT NULL COMMENT 'ms since 1970, by the clock of who made it',
  `row_count` bigint NOT NULL,
  `bytes` bigint NOT NULL COMMENT 'of its chunks, compressed',
  `digest` char(64) COLLATE utf8mb4_bin NOT NULL COMMENT 'SHA-256 of its chunks, not compressed',
  PRIMARY KEY (`engine`,`lane`,`next_offset`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `dead_letter_marks` (
  `engine` enum('stock','order') COLLATE utf8mb4_bin NOT NULL,
  `topic_id` char(22) COLLATE utf8mb4_bin NOT NULL COMMENT 'incarnation of the dead-letter topic',
  `lane` smallint unsigned NOT NULL,
  `letter_offset` bigint NOT NULL COMMENT 'in that topic',
  `mark` enum('resent','discarded') COLLATE utf8mb4_bin NOT NULL COMMENT 'what an operator did about it',
  `operation` bigint unsigned NOT NULL COMMENT 'id in operations',
  PRIMARY KEY (`engine`,`topic_id`,`lane`,`letter_offset`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `failed_decisions` (
  `engine` enum('stock','order') COLLATE utf8mb4_bin NOT NULL,
  `lane` smallint unsigned NOT NULL,
  `at_offset` bigint NOT NULL COMMENT 'record at which it was decided: itself, or a retry',
  `log_offset` bigint NOT NULL COMMENT 'of the command in the log',
  `reason` varchar(500) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`engine`,`lane`,`at_offset`,`log_offset`),
  KEY `command` (`engine`,`lane`,`log_offset`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `installation` (
  `only_row` tinyint unsigned NOT NULL DEFAULT '1',
  `topic_prefix` varchar(255) COLLATE utf8mb4_bin NOT NULL COMMENT 'of its topics and groups; may be empty',
  `cluster_id` varchar(255) COLLATE utf8mb4_bin NOT NULL COMMENT 'of the Kafka cluster with its topics',
  PRIMARY KEY (`only_row`),
  CONSTRAINT `one_installation` CHECK ((`only_row` = 1))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='whose database this is';

CREATE TABLE `operations` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `verb` varchar(64) COLLATE utf8mb4_bin NOT NULL,
  `arguments` json NOT NULL,
  `who` varchar(128) COLLATE utf8mb4_bin NOT NULL COMMENT 'user and host of the command',
  `started_at` bigint NOT NULL COMMENT 'ms since 1970, by the clock of that host',
  `ended_at` bigint DEFAULT NULL,
  `outcome` enum('running','done','failed','interrupted') COLLATE utf8mb4_bin NOT NULL,
  `detail` varchar(1000) COLLATE utf8mb4_bin NOT NULL DEFAULT '' COMMENT 'what was done, or why it failed',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `orders` (
  `lane` smallint unsigned NOT NULL,
  `order_id` varchar(64) COLLATE utf8mb4_bin NOT NULL,
  `state` json NOT NULL COMMENT 'head, lines, open returns and noted events',
  `due_at` bigint DEFAULT NULL COMMENT 'payment deadline while it runs',
  `applied` bigint NOT NULL COMMENT 'log offset before which it was last changed',
  PRIMARY KEY (`lane`,`order_id`),
  KEY `due` (`lane`,`due_at`,`order_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `outbox` (
  `engine` enum('stock','order') COLLATE utf8mb4_bin NOT NULL,
  `lane` smallint unsigned NOT NULL,
  `sequence` bigint NOT NULL COMMENT 'dense, in commit order, from the progress row',
  `kind` enum('event','dead-letter','reply','command','verdict') COLLATE utf8mb4_bin NOT NULL COMMENT 'decides the topic',
  `command_id` varchar(64) COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'on the first outcome of a command: how it is remembered',
  `time` bigint NOT NULL,
  `record_key` mediumblob,
  `headers` json DEFAULT NULL COMMENT 'a character per byte',
  `value` mediumblob,
  PRIMARY KEY (`engine`,`lane`,`sequence`),
  UNIQUE KEY `remembered` (`engine`,`lane`,`command_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `parked_commands` (
  `lane` smallint unsigned NOT NULL,
  `log_offset` bigint NOT NULL COMMENT 'of the command in the log: their order',
  `sku` varchar(64) COLLATE utf8mb4_bin NOT NULL,
  `location` varchar(64) COLLATE utf8mb4_bin NOT NULL,
  `time` bigint NOT NULL,
  `value` mediumblob NOT NULL COMMENT 'bytes of the command, as received',
  PRIMARY KEY (`lane`,`log_offset`),
  KEY `item` (`lane`,`sku`,`location`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `progress` (
  `engine` enum('stock','order') COLLATE utf8mb4_bin NOT NULL,
  `lane` smallint unsigned NOT NULL COMMENT 'partition of the input topic',
  `topic_id` char(22) COLLATE utf8mb4_bin NOT NULL COMMENT 'incarnation of the input topic',
  `partition_count` smallint unsigned NOT NULL COMMENT 'of the input topic; fixed for life',
  `next_offset` bigint NOT NULL COMMENT 'first offset that is not applied',
  `outbox_sequence` bigint NOT NULL COMMENT 'last sequence in the outbox',
  `log_time` bigint NOT NULL COMMENT 'of the last applied record, made monotonic',
  `epoch` bigint NOT NULL COMMENT 'raised by every claim; an older one is fenced',
  `owner` varchar(64) COLLATE utf8mb4_bin NOT NULL COMMENT 'process that claimed last, for people',
  `applied_offset` bigint DEFAULT NULL COMMENT 'of the last applied record; behind it, only markers',
  `applied_time` bigint DEFAULT NULL COMMENT 'its append time as the broker gave it',
  `applied_digest` char(22) COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'of its key, value and headers',
  PRIMARY KEY (`engine`,`lane`),
  CONSTRAINT `never_by_stale_owner` CHECK ((`next_offset` >= 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `publications` (
  `engine` enum('stock','order') COLLATE utf8mb4_bin NOT NULL,
  `lane` smallint unsigned NOT NULL,
  `published` bigint NOT NULL COMMENT 'outbox rows up to this sequence are on Kafka for certain',
  `publisher` varchar(255) COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'transactional id that may have a transaction open for the lane',
  PRIMARY KEY (`engine`,`lane`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `reservations` (
  `lane` smallint unsigned NOT NULL,
  `order_id` varchar(64) COLLATE utf8mb4_bin NOT NULL,
  `sku` varchar(64) COLLATE utf8mb4_bin NOT NULL,
  `location` varchar(64) COLLATE utf8mb4_bin NOT NULL,
  `granted` bigint NOT NULL,
  `pending` bigint NOT NULL,
  `confirmed` bigint NOT NULL,
  `released` bigint NOT NULL,
  `expired` bigint NOT NULL,
  `returned` bigint NOT NULL,
  `started_at` bigint NOT NULL,
  `expires_at` bigint NOT NULL,
  `tombstone` tinyint(1) NOT NULL COMMENT 'released before it was reserved',
  `due_at` bigint GENERATED ALWAYS AS (if((`pending` > 0),`expires_at`,NULL)) VIRTUAL,
  PRIMARY KEY (`lane`,`order_id`,`sku`,`location`),
  KEY `due` (`lane`,`due_at`,`sku`,`location`,`order_id`),
  CONSTRAINT `quantities_add_up` CHECK (((`granted` = (((`pending` + `confirmed`) + `released`) + `expired`)) and (`returned` <= `confirmed`) and (least(`pending`,`confirmed`,`released`,`expired`,`returned`) >= 0)))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `stock_levels` (
  `lane` smallint unsigned NOT NULL,
  `sku` varchar(64) COLLATE utf8mb4_bin NOT NULL,
  `location` varchar(64) COLLATE utf8mb4_bin NOT NULL,
  `on_hand` bigint NOT NULL,
  `reserved` bigint NOT NULL,
  `sequence` bigint NOT NULL COMMENT 'of the last event of this stock item',
  `known` tinyint(1) NOT NULL COMMENT 'false until stock was received, adjusted or counted',
  PRIMARY KEY (`lane`,`sku`,`location`),
  CONSTRAINT `never_oversold` CHECK (((`reserved` >= 0) and (`on_hand` >= `reserved`)))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
