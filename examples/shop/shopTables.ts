/** Ids and SKUs are told apart by case, as onhand does. */
const id = 'VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL';

/** The tables of the shop: name to columns. */
export const shopTables = {
  orders: `
    order_id   ${id} PRIMARY KEY,
    customer   VARCHAR(64) NOT NULL,
    mode       ENUM('all', 'partial') NOT NULL,
    status     ENUM('placed', 'reserved', 'confirmed', 'rejected', 'cancelled', 'expired') NOT NULL,
    sequence   INT NOT NULL COMMENT 'of the last verdict that was taken',
    open_events INT NOT NULL DEFAULT 0 COMMENT 'events that have no verdict yet',
    expires_at BIGINT NULL COMMENT 'payment deadline, ms since 1970; null before it is known',
    KEY (status)`,
  order_lines: `
    order_id  ${id},
    sku       ${id},
    quantity  BIGINT NOT NULL COMMENT 'ordered units',
    confirmed BIGINT NOT NULL DEFAULT 0 COMMENT 'sold units',
    released  BIGINT NOT NULL DEFAULT 0 COMMENT 'units given back, as far as verdicts say',
    returned  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, sku)`,
  payments: `
    order_id ${id} PRIMARY KEY,
    status   ENUM('due', 'captured', 'settled', 'refunded') NOT NULL
             COMMENT 'due: the provider has yet to answer; captured: onhand has yet to answer',
    act_at   BIGINT NOT NULL COMMENT 'when the simulated provider answers, ms since 1970',
    KEY (status, act_at)`,
  refunds: `
    order_id ${id},
    sku      ${id} COMMENT 'empty: the whole payment',
    quantity BIGINT NOT NULL COMMENT 'units to be repaid; 0 for the whole payment',
    reason   VARCHAR(64) NOT NULL,
    PRIMARY KEY (order_id, sku)`,
  returned_goods: `
    order_id  ${id},
    return_id ${id},
    \`lines\`   JSON NOT NULL,
    status    ENUM('waiting', 'sent', 'taken', 'refused', 'void') NOT NULL
              COMMENT 'waiting: for the sale; void: there was no sale',
    PRIMARY KEY (order_id, return_id),
    KEY (status)`,
  outbox: `
    id       BIGINT AUTO_INCREMENT PRIMARY KEY,
    order_id ${id},
    event_id ${id},
    event    JSON NOT NULL`,
} as const;
