import type { OrderVerdict } from '../domain/order/orderVerdicts.ts';
import { outputColors as colors } from '../ops/terminalColors.ts';
import { reasonText } from './eventLines.ts';
import { timeText } from '../ops/timeText.ts';
import { alignedLines, itemText, shown } from './shownText.ts';

type Kind = OrderVerdict['kind'];

const good: Kind[] = ['OrderStockReserved', 'OrderStockConfirmed', 'OrderStockReturned'];
const bad: Kind[] = ['OrderStockRejected', 'OrderRefundRequired', 'OrderEventRefused'];

/** A verdict for people: number, kind, what it answers, and each line with its reason. */
export function verdictLines(verdict: OrderVerdict): string[] {
  const { sequence, kind, answers } = verdict;
  const whose = answers === null ? 'answers nobody' : `answers ${shown(answers)}`;
  const head = [`${sequence} ${colored(kind)}`, whose, ...detail(verdict)];
  const lines = 'lines' in verdict ? verdict.lines.map(lineCells) : [];
  return [head.join(', '), ...alignedLines(lines).map((line) => `  ${line}`)];
}

function colored(kind: Kind): string {
  if (good.includes(kind)) return colors.green(kind);
  return bad.includes(kind) ? colors.red(kind) : colors.yellow(kind);
}

function detail(verdict: OrderVerdict): string[] {
  switch (verdict.kind) {
    case 'OrderStockReserved':
    case 'OrderStockPartiallyReserved':
      return [`to be paid before ${timeText(verdict.expiresAt)}`];
    case 'OrderStockExpired':
      return [`was to be paid before ${timeText(verdict.expiresAt)}`];
    case 'OrderStockRejected':
      return verdict.paid ? [verdict.reason, 'was paid'] : [verdict.reason];
    case 'OrderRefundRequired':
      return [verdict.reason];
    case 'OrderEventRefused':
      return [`${verdict.event}: ${verdict.reason}`];
    case 'OrderStockConfirmed':
    case 'OrderStockReleased':
    case 'OrderStockReturned':
      return [];
  }
}

type Line = Extract<OrderVerdict, { lines: unknown }>['lines'][number];

function lineCells(line: Line): string[] {
  const shortage = 'shortage' in line ? line.shortage : null;
  const reason = line.reason === null ? '' : reasonText(line.reason, shortage);
  return [itemText(line), unitsText(line), reason];
}

function unitsText(line: Line): string {
  if ('granted' in line) return `${line.granted} of ${line.requested} held${also(line)}`;
  if ('refund' in line) {
    const back = line.returned > 0 ? ` (${line.returned} of them returned)` : '';
    return `${line.confirmed} sold${back}, ${line.refund} to repay`;
  }
  if ('returned' in line) return `${line.returned} of ${line.requested} returned`;
  return `${line.released} released${also(line)}`;
}

/** Units that went another way than the verdict is about. */
function also({ confirmed, expired = 0 }: { confirmed: number; expired?: number }): string {
  const expiredText = expired > 0 ? `, ${expired} expired` : '';
  return confirmed > 0 ? `${expiredText}, ${confirmed} sold` : expiredText;
}
