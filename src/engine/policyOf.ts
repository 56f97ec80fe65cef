import type { Settings } from '../config/settings.ts';
import type { Policy } from '../domain/stockState.ts';

/** Those settings that decisions depend on. */
export function policyOf(settings: Settings): Policy {
  return {
    reservationTtlMs: settings.ONHAND_RESERVATION_TTL_SECONDS * 1000,
    reservationTtlMsMax: settings.ONHAND_RESERVATION_TTL_SECONDS_MAX * 1000,
    commandMemoryMs: settings.ONHAND_COMMAND_MEMORY_HOURS * 3_600_000,
  };
}
