import type { Settings } from '../config/settings.ts';
import type { OrderPolicy } from '../domain/order/orderState.ts';

/** Those settings that decisions about orders depend on. */
export function orderPolicyOf(settings: Settings): OrderPolicy {
  return {
    paymentTtlMs: settings.ONHAND_PAYMENT_TTL_SECONDS * 1000,
    paymentTtlMsMax: settings.ONHAND_PAYMENT_TTL_SECONDS_MAX * 1000,
    graceMs: settings.ONHAND_PAYMENT_GRACE_SECONDS * 1000,
    reservationTtlMsMax: settings.ONHAND_RESERVATION_TTL_SECONDS_MAX * 1000,
  };
}
