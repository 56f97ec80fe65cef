import type { OrderCommand, OrderFact, StockAsked } from '../domain/order/orderFacts.ts';
import { timeText } from '../ops/timeText.ts';
import { alignedLines, itemText, shown } from './shownText.ts';
import { verdictLines } from './verdictLines.ts';

/** Lines under a label. */
export interface Section {
  label: string;
  lines: string[];
}

/** What was decided: the changes of the order, the commands asked, the verdicts given. */
export function factSections(facts: readonly OrderFact[]): Section[] {
  const changes = facts.flatMap((fact) => changeText(fact) ?? []);
  const asked = facts.filter((fact) => fact.kind === 'StockAsked');
  const verdicts = facts.flatMap((fact) => (fact.kind === 'VerdictGiven' ? [fact.verdict] : []));
  return [
    { label: 'decided', lines: changes },
    { label: 'asked', lines: alignedLines(asked.map(commandCells)) },
    ...verdicts.map((verdict) => ({ label: 'verdict', lines: verdictLines(verdict) })),
  ];
}

function changeText(fact: OrderFact): string | undefined {
  switch (fact.kind) {
    case 'EventAccepted':
      return 'accepted';
    case 'EventRefused':
      return 'refused, nothing changes';
    case 'OrderOpened': {
      const { length } = fact.lines;
      const items = length === 1 ? '1 stock item' : `${length} stock items`;
      return `${items}, to be paid before ${timeText(fact.expiresAt)}`;
    }
    case 'ReleaseBegun':
      return `given up: ${fact.ending}${fact.reason === '' ? '' : ` (${shown(fact.reason)})`}`;
    case 'ReturnOpened':
      return `return number ${fact.number + 1}`;
    case 'StockAnswered':
      return `answer to line ${fact.line + 1} taken`;
    case 'DeadlineMoved':
      return `reserved late: to be paid before ${timeText(fact.expiresAt)}`;
    case 'TotalsLearned': {
      const { granted, pending, confirmed, released, expired, returned } = fact.totals;
      const moved = `${confirmed} sold, ${released} released, ${expired} expired`;
      return `line ${fact.line + 1}: ${pending} of ${granted} held, ${moved}, ${returned} returned`;
    }
    case 'PhaseChanged':
    case 'StockAsked':
    case 'VerdictGiven':
      return undefined;
  }
}

function commandCells({ command }: StockAsked): string[] {
  return [command.kind, itemText(command) + unitsText(command), shown(command.commandId)];
}

function unitsText({ quantity }: OrderCommand): string {
  return quantity === null ? ', all that is held' : ` ×${quantity}`;
}
