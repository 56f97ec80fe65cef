import type { Entry } from '../src/engine/decodeSlice.ts';
import type { SliceResult } from '../src/engine/processSlice.ts';
import type { Metrics } from '../src/ops/metrics.ts';

/**
 * Adds a committed slice to the metrics, once for all of its commands. Without a result the answer
 * to COMMIT was lost: then nothing is known but what was asked.
 */
export function countSlice(
  metrics: Metrics,
  lane: number,
  slice: readonly Entry[],
  result: SliceResult | undefined,
): void {
  metrics.sliceCommands.observe(slice.length);
  const commands = slice.filter(isCommand).length;
  if (!result) {
    if (commands > 0) metrics.commands.inc({ outcome: 'Unknown' }, commands);
    return;
  }
  const { rows, measures } = result;
  const deadLetters = rows.filter(({ kind }) => kind === 'dead-letter').length;
  const undecodable = slice.filter((entry) => 'failure' in entry).length;
  metrics.deadLetters.inc(deadLetters);
  metrics.sliceSeconds.observe(measures.seconds);
  metrics.sliceCommitSeconds.observe(measures.commitSeconds);
  metrics.parkedItems.set({ lane }, measures.parkedItems);

  const outcomes = outcomesOf(measures.events);
  metrics.reservationsExpired.inc(outcomes.get('ReservationExpired') ?? 0);
  outcomes.delete('ReservationExpired');
  let answered = 0;
  for (const [outcome, count] of outcomes) {
    metrics.commands.inc({ outcome }, count);
    answered += count;
  }
  const repeated = commands - (deadLetters - undecodable) - measures.parked - answered;
  if (repeated > 0) metrics.commands.inc({ outcome: 'Repeated' }, repeated);
}

/** A tick is not asked by anybody, and has no outcome of its own. */
function isCommand(entry: Entry): boolean {
  return 'command' in entry && entry.command.kind !== 'ExpireDue';
}

function outcomesOf(events: SliceResult['measures']['events']): Map<string, number> {
  const outcomes = new Map<string, number>();
  for (const event of events) {
    const outcome = event.kind === 'CommandRejected' ? event.reason : event.kind;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return outcomes;
}
