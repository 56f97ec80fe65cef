import type { ProgressView } from '../../progressView.ts';
import { untilRead } from '../../untilRead.ts';
import type { DebeziumSetting } from './debeziumRelay.ts';
import { withDebezium } from './withDebezium.ts';

/** What became of events that waited. */
export interface BacklogRun {
  /** From the first event that was read to the last. */
  seconds: number;
  /** From the start of the process to the first event. */
  startSeconds: number;
  doubled: number;
  /** Events out of order within their aggregate. */
  breaks: number;
}

/** How fast it works off what was committed while it was away. */
export function debeziumBacklog(
  setting: DebeziumSetting,
  events: number,
  view: ProgressView,
): Promise<BacklogRun> {
  return withDebezium(setting, async (relay, arrivals) => {
    await relay.commit(0, events);
    const begun = performance.now();
    relay.start();
    await untilRead(events, arrivals, [relay], view.bar('debezium', events));
    view.endBar();
    const { firstAt, lastAt, doubled, breaks } = arrivals;
    const seconds = (lastAt - firstAt) / 1000;
    return { seconds, startSeconds: (firstAt - begun) / 1000, doubled, breaks };
  });
}
