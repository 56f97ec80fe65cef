import type { Settings } from '../config/settings.ts';
import { policyOf } from '../engine/policyOf.ts';
import { OperationalError } from '../ops/errors.ts';
import type { WhatIf } from './whatIf.ts';

/** Refuses settings that no processor would start with: WHAT_IF_INVALID. */
export function requireWhatIf(settings: Settings, { policy }: WhatIf): void {
  const { reservationTtlMs, reservationTtlMsMax } = { ...policyOf(settings), ...policy };
  if (reservationTtlMs <= reservationTtlMsMax) return;
  const [life, longest] = [reservationTtlMs / 1000, reservationTtlMsMax / 1000];
  const message = `a reservation would live ${life} s, and ${longest} s at most`;
  throw new OperationalError('WHAT_IF_INVALID', message, {
    hint: 'Give --reservation-ttl-max, too.',
  });
}
