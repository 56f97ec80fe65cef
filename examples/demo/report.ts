import type { Admin } from 'kafkajs';
import type { Logger } from 'pino';
import { printLine } from '../../src/cli/print.ts';
import { printVerification } from '../../src/cli/printVerification.ts';
import type { Settings } from '../../src/config/settings.ts';
import { checkLine } from '../../src/ops/checkLine.ts';
import { outputColors as colors } from '../../src/ops/terminalColors.ts';
import { holds, verifyEngines } from '../../src/verify/verifyEngines.ts';
import { auditOrders } from '../audit/auditOrders.ts';
import type { InputReport } from './plan.ts';
import { countTable, hottestTable, inputTable } from './results.ts';

const hottestRows = 10;

/** Prints what the day came to, then looks at all of it from outside. True when it holds. */
export async function reportDay(
  settings: Settings,
  logger: Logger,
  admin: Admin,
  input: InputReport,
): Promise<boolean> {
  section('Hottest SKUs', 'MySQL', await hottestTable(settings, hottestRows));
  section('Input', 'invoices', inputTable(input));
  const orders = await auditOrders(settings, logger, admin);
  const stock = await verifyEngines(settings);
  section('Verdicts', 'order.stock', countTable('verdict', orders.counts));
  section('Outcomes', 'stock.events', countTable('outcome', stock.counts));
  printLine(`\n${colors.bold('Audit of the orders')} (both databases, both order topics)`);
  for (const { check, ok, detail } of orders.lines) printLine(checkLine(ok, check, detail));
  printLine(`\n${colors.bold('Audit of the stock')} (onhand replay verify)`);
  printVerification(stock);
  return holds(stock) && orders.lines.every(({ ok }) => ok);
}

function section(title: string, where: string, text: string): void {
  printLine(`\n${colors.bold(title)} (${where})\n${text}`);
}
