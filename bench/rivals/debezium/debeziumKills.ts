import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../../benchError.ts';
import type { ProgressView } from '../../progressView.ts';
import type { Arrivals } from './arrivals.ts';
import type { DebeziumRelay, DebeziumSetting } from './debeziumRelay.ts';
import { withDebezium } from './withDebezium.ts';

const deathMsMax = 60_000;
/** How long nothing must come before the rest counts as lost, and before nothing is doubled. */
const silenceMs = { missing: 30_000, complete: 3000 };

/** What a reader saw of a relay that was killed again and again. */
export interface KillRun {
  events: number;
  kills: number;
  lost: number;
  doubled: number;
  breaks: number;
}

/**
 * It dies while it works off what was committed, each time when Kafka has acknowledged a batch and
 * before it can note that; the last process is left to finish.
 */
export function debeziumKills(
  setting: DebeziumSetting,
  events: number,
  kills: number,
  view: ProgressView,
): Promise<KillRun> {
  return withDebezium(setting, async (relay, arrivals) => {
    await relay.commit(0, events);
    const show = view.bar('debezium', kills + 1);
    for (let kill = 0; kill < kills; kill++) {
      relay.start({ dies: true });
      await untilDead(relay);
      show(kill + 1);
    }
    relay.start();
    await untilQuiet(relay, arrivals, events);
    view.endBar();
    const { doubled, breaks } = arrivals;
    return { events, kills, lost: events - arrivals.events, doubled, breaks };
  });
}

async function untilDead(relay: DebeziumRelay): Promise<void> {
  for (const since = Date.now(); relay.isAlive; await sleep(20)) {
    if (Date.now() - since > deathMsMax)
      throw new BenchError('the relay does not die as it should');
  }
}

async function untilQuiet(relay: DebeziumRelay, arrivals: Arrivals, events: number): Promise<void> {
  let last = -1;
  for (let since = Date.now(); ; await sleep(20)) {
    relay.requireAlive();
    if (arrivals.failure) throw arrivals.failure;
    const readings = arrivals.events + arrivals.doubled;
    if (readings !== last) {
      last = readings;
      since = Date.now();
    }
    const isComplete = arrivals.events >= events;
    if (Date.now() - since > (isComplete ? silenceMs.complete : silenceMs.missing)) return;
  }
}
