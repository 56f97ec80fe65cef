import { Command } from 'commander';
import { textTable } from '../ops/textTable.ts';
import { type Operation, listOperations } from '../storage/operations.ts';
import { optionNumber } from './optionNumber.ts';
import { printLine } from './print.ts';
import { withReadDatabase } from './withReadServers.ts';

const examples = `
Examples:
  $ onhand operations              the last 20: who did what, when, and what became of it
  $ onhand operations --limit 100 --json`;

/** `onhand operations`: what operators have changed. */
export function operationsCommand(): Command {
  return new Command('operations')
    .description('what operators have changed: who, what, when, and what became of it')
    .option('--limit <count>', 'show so many, the last ones', optionNumber(1), 20)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(({ limit, json }: { limit: number; json?: boolean }) =>
      withReadDatabase(async ({ pool }) => {
        const operations = await listOperations(pool, limit);
        if (json) return printLine(JSON.stringify(operations, null, 2));
        if (operations.length === 0) return printLine('no operator has changed anything yet');
        printLine(textTable(head, operations.map(tableRow)));
      }),
    );
}

const head = ['id', 'verb', 'arguments', 'who', 'started', 'took', 'outcome', 'detail'];

function tableRow(one: Operation) {
  const { id, verb, who, startedAt, endedAt, outcome, detail } = one;
  const started = new Date(startedAt).toISOString();
  const took = endedAt === null ? '' : `${((endedAt - startedAt) / 1000).toFixed(1)} s`;
  return [id, verb, JSON.stringify(one.arguments), who, started, took, outcome, detail];
}
