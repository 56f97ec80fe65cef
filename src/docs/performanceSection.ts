import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config/packageRoot.ts';
import {
  type Facts,
  type Figure,
  type PublishedResult,
  type PublishedResults,
  type ScaleName,
  aimText,
  isReached,
  valueText,
} from './benchResults.ts';
import { fasterSystems } from './fasterSystems.ts';
import { markdownTable } from './markdownTable.ts';

const file = join(packageRoot, 'bench', 'results.json');
/** What is said when not all results are full ones; the worst that applies. */
const scaleRemarks: [scale: ScaleName, remark: string][] = [
  ['smoke', '; smoke runs on a busy machine, which only show that it works'],
  ['quick', '; quick runs, with few rounds'],
];
/** Benchmarks whose other side is a product of others; they run only when named. */
const rivalPrefix = 'rival-';

/** What the README says about performance: all of it from `bench/results.json`. */
export function performanceSection(): string {
  return performanceText(JSON.parse(readFileSync(file, 'utf8')) as PublishedResults);
}

/** What results say, in Markdown: machine, picture, figures, losses, rivals, faster systems. */
export function performanceText({ facts, results }: PublishedResults): string {
  const figures = results.flatMap((result) => result.figures ?? []);
  const rivals = results.filter(({ name }) => name.startsWith(rivalPrefix));
  return [
    machineText(facts, results),
    '![Commands a second, latencies, callers](bench/results.svg)',
    markdownTable(
      ['measured', 'value', 'aim'],
      figures.map((figure) => [figure.what, valueText(figure), aimText(figure)]),
    ),
    lossText(figures),
    ...rivals.map(rivalText),
    '**Faster systems exist.** The figures are not ours and were made on other machines.',
    markdownTable(['system', 'figure, by whom', 'what it lacks'], fasterSystems),
  ].join('\n\n');
}

function machineText({ machine, software, mysql, onhand }: Facts, results: PublishedResult[]) {
  const days = [...new Set(results.map(({ at }) => at.slice(0, 10)))].sort();
  const revisions = [...new Set(results.map(({ revision }) => revision))];
  const scales = new Set(results.map(({ scale }) => scale));
  const remark = scaleRemarks.find(([scale]) => scales.has(scale))?.[1] ?? '';
  const servers = ['kafka', 'mysql', 'redis'].map((name) => `${name} ${software?.[name] ?? '?'}`);
  return (
    `Made by \`npm run bench\` on ${days.join(', ')} (revision ${revisions.join(', ')}` +
    `${remark}): ${machine?.cpu}, ${machine?.memory}, ` +
    `${machine?.system}; node ${software?.node}, ${servers.join(', ')}. Broker, database, both ` +
    `sides, sender and reader share these cores. MySQL keeps what it has committed for every ` +
    `side (innodb_flush_log_at_trx_commit=${mysql?.innodb_flush_log_at_trx_commit}, ` +
    `sync_binlog=${mysql?.sync_binlog}); onhand has ${onhand?.partitions} lanes in one process ` +
    `unless said otherwise. Each ratio is of medians within one run.`
  );
}

/** What did not reach its aim. */
function lossText(figures: readonly Figure[]): string {
  const lost = figures.filter((figure) => !isReached(figure));
  if (lost.length === 0) return '**Where onhand loses**: every aim above was reached.';
  const lines = lost.map((figure) => {
    return `- ${figure.what}: ${valueText(figure)} (aim ${aimText(figure)})`;
  });
  return ['**Where onhand loses**, or misses its aim:', '', ...lines].join('\n');
}

function rivalText({ name, tables }: PublishedResult): string {
  const text = (cell: string | number) => {
    return typeof cell === 'number' ? cell.toLocaleString('en') : cell;
  };
  const shown = tables.map(({ head, rows, note }) => {
    return `${markdownTable(
      head,
      rows.map((row) => row.map(text)),
    )}\n\n${note}`;
  });
  return [`**${name.slice(rivalPrefix.length)}**`, ...shown].join('\n\n');
}
