/**
 * Every reason why a command can be refused, in order of precedence: the first that applies is the
 * one that is given.
 */
export const REJECTIONS = [
  'COMMAND_ID_INVALID',
  'COMMAND_ID_REUSED',
  'SKU_INVALID',
  'LOCATION_INVALID',
  'ORDER_ID_INVALID',
  'REASON_INVALID',
  'QUANTITY_INVALID',
  'REASON_MISSING',
  'NOTHING_PARKED',
  'RESERVATION_NOT_FOUND',
  'ALREADY_CONFIRMED',
  'ALREADY_RELEASED',
  'ALREADY_EXPIRED',
  'EXPIRY_INVALID',
  'ORDER_CANCELLED',
  'ALREADY_RESERVED',
  'UNKNOWN_STOCK_ITEM',
  'EXPECTATION_FAILED',
  'QUANTITY_EXCEEDS_PENDING',
  'QUANTITY_EXCEEDS_CONFIRMED',
  'QUANTITY_OVERFLOW',
  'INSUFFICIENT_STOCK',
  'WOULD_BREAK_RESERVATIONS',
  'REFUND_REQUIRED',
  'SKIPPED_BY_OPERATOR',
] as const;

export type RejectionReason = (typeof REJECTIONS)[number];

const anyCommand = [
  'COMMAND_ID_INVALID',
  'COMMAND_ID_REUSED',
  'SKU_INVALID',
  'LOCATION_INVALID',
] as const;
const anyOrderCommand = [...anyCommand, 'ORDER_ID_INVALID'] as const;

/**
 * What each command can be refused for, in order of precedence. The compiler holds `decide` to it.
 */
export const REJECTIONS_OF = {
  ReceiveStock: [...anyCommand, 'QUANTITY_INVALID', 'QUANTITY_OVERFLOW'],
  ReserveStock: [
    ...anyOrderCommand,
    'QUANTITY_INVALID',
    'EXPIRY_INVALID',
    'ORDER_CANCELLED',
    'ALREADY_RESERVED',
    'UNKNOWN_STOCK_ITEM',
    'INSUFFICIENT_STOCK',
  ],
  ConfirmReservation: [
    ...anyOrderCommand,
    'QUANTITY_INVALID',
    'RESERVATION_NOT_FOUND',
    'ALREADY_CONFIRMED',
    'ALREADY_RELEASED',
    'QUANTITY_EXCEEDS_PENDING',
    'REFUND_REQUIRED',
  ],
  ReleaseReservation: [
    ...anyOrderCommand,
    'REASON_INVALID',
    'QUANTITY_INVALID',
    'ALREADY_CONFIRMED',
    'ALREADY_RELEASED',
    'ALREADY_EXPIRED',
    'QUANTITY_EXCEEDS_PENDING',
  ],
  ExtendReservation: [
    ...anyOrderCommand,
    'RESERVATION_NOT_FOUND',
    'ALREADY_CONFIRMED',
    'ALREADY_RELEASED',
    'ALREADY_EXPIRED',
    'EXPIRY_INVALID',
  ],
  ReturnStock: [
    ...anyOrderCommand,
    'QUANTITY_INVALID',
    'RESERVATION_NOT_FOUND',
    'QUANTITY_EXCEEDS_CONFIRMED',
    'QUANTITY_OVERFLOW',
  ],
  AdjustStock: [
    ...anyCommand,
    'REASON_INVALID',
    'QUANTITY_INVALID',
    'REASON_MISSING',
    'QUANTITY_OVERFLOW',
    'WOULD_BREAK_RESERVATIONS',
  ],
  CountStock: [
    ...anyCommand,
    'REASON_INVALID',
    'QUANTITY_INVALID',
    'REASON_MISSING',
    'EXPECTATION_FAILED',
    'WOULD_BREAK_RESERVATIONS',
  ],
  RetryParked: [...anyCommand, 'NOTHING_PARKED'],
  SkipParked: [...anyCommand, 'NOTHING_PARKED'],
} as const satisfies Record<string, readonly RejectionReason[]>;
