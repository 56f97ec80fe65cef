import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface RequestQueue {
  pending: unknown[];
}
type Schedule = (this: RequestQueue) => void;

/**
 * After its first answer, each connection's request queue looks for pending requests every
 * millisecond for ever (kafkajs #1604, #1751). With nothing pending there is nothing to look for:
 * whatever becomes pending schedules its own check.
 */
export function mendIdleTimer(load: LoadInternal): void {
  patchMethod<RequestQueue, Schedule>(
    load('network/requestQueue'),
    'scheduleCheckPendingRequests',
    (schedule) =>
      function () {
        if (this.pending.length > 0) schedule.call(this);
      },
  );
}
