import type { LoadInternal } from './loadInternal.ts';
import { patchMethod } from './patchMethod.ts';

interface RequestQueue {
  pending: unknown[];
  inflight: Map<number, { sentAt: number; requestTimeout: number; timeoutRequest(): void }>;
  requestTimeout: number;
  enforceRequestTimeout: boolean;
  requestTimeoutIntervalId?: NodeJS.Timeout;
  isConnected(): boolean;
  destroy(): void;
}
const checkMsMax = 1000;

type Schedule = (this: RequestQueue) => void;

/**
 * After its first answer, each connection's request queue looks for pending requests every
 * millisecond for ever (kafkajs #1604, #1751). With nothing pending there is nothing to look for:
 * whatever becomes pending schedules its own check.
 *
 * And each connection looks ten times a second whether a request has waited for too long, although
 * that is 30 s: with a producer for each lane, some 300 wake-ups a second, most of an idle
 * processor's time. Once a second will do.
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
  patchMethod<RequestQueue, Schedule>(
    load('network/requestQueue'),
    'scheduleRequestTimeoutCheck',
    () =>
      function () {
        if (!this.enforceRequestTimeout) return;
        this.destroy();
        const everyMs = Math.min(this.requestTimeout / 10, checkMsMax);
        this.requestTimeoutIntervalId = setInterval(() => {
          endOverdue(this);
        }, everyMs);
      },
  );
}

function endOverdue(queue: RequestQueue): void {
  const now = Date.now();
  for (const request of queue.inflight.values()) {
    if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
  }
  if (!queue.isConnected()) queue.destroy();
}
