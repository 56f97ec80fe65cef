import { outputColors as colors } from '../ops/terminalColors.ts';
import { eventLines, eventTitle } from './eventLines.ts';
import { type Section, factSections } from './factSections.ts';
import type { OrderStep, StepOutcome } from './orderStep.ts';
import { timeText } from '../ops/timeText.ts';
import { shown } from './shownText.ts';

const indent = '  ';
const labelWidth = 9;

/** What is said of a step that has no facts. */
const withoutFacts: Record<Exclude<StepOutcome, 'decided'>, string> = {
  repeated: 'nothing: a repeat, it was decided before',
  unawaited: 'nothing: the order did not wait for this reply',
  'dead-letter': 'nothing: it is a dead letter',
  undecided: 'not yet: the processor has not come so far',
  unknown: 'cannot be told: the beginning of the order is no longer in the log',
};

/** The block of one log entry, for people: its place and time, what came, what it led to. */
export function stepText(step: OrderStep): string {
  const { offset, time, event, phase } = step;
  const title = event ? eventTitle(event) : 'a record that cannot be decoded';
  const sections: Section[] = [
    { label: 'came', lines: event ? eventLines(event) : [] },
    ...decidedSections(step),
    { label: 'phase', lines: phase === null ? [] : [phaseText(step)] },
  ];
  const lines = sections.flatMap((section) => sectionLines(section));
  return [colors.bold(`#${offset}  ${timeText(time)}  ${title}`), ...lines].join('\n');
}

function decidedSections({ outcome, facts, failure }: OrderStep): Section[] {
  if (outcome === 'decided') return factSections(facts);
  const why = failure === null ? [] : [shown(failure)];
  return [{ label: 'decided', lines: [withoutFacts[outcome], ...why] }];
}

function phaseText({ phase, waiting }: OrderStep): string {
  if (waiting === 0) return phase ?? '';
  return `${phase}, waits for ${waiting} ${waiting === 1 ? 'reply' : 'replies'}`;
}

function sectionLines({ label, lines }: Section): string[] {
  return lines.map((line, index) => {
    return indent + colors.dim((index === 0 ? label : '').padEnd(labelWidth)) + line;
  });
}
