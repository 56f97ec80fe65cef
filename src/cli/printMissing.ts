import { isLacking, missingCount } from '../missing/laneLack.ts';
import type { MendedLane } from '../missing/publishMissing.ts';
import { checkLine } from '../ops/checkLine.ts';
import { textTable } from '../ops/textTable.ts';
import type { LaneOutcomes } from '../replay/eachLane.ts';
import { shown } from '../why/shownText.ts';
import { printFailedLanes } from './failedLanes.ts';
import { printLine } from './print.ts';

const straysShown = 50;

/** What lanes lack, or lacked until it was sent, and what nothing can take back. */
export function printMissing(outcomes: LaneOutcomes<MendedLane>, isSent: boolean): void {
  const { done } = outcomes;
  const lacking = done.filter(isLacking);
  if (lacking.length > 0) printLine(textTable(missingHead, lacking.flatMap(missingRows)));
  const rows = lacking.reduce((sum, lack) => sum + missingCount(lack), 0);
  const levels = lacking.reduce((sum, lack) => sum + lack.levels.length, 0);
  const sentLevels = lacking.reduce((sum, lack) => sum + lack.sentLevels, 0);
  const looked = `${done.length} lanes`;
  if (lacking.length === 0) printLine(checkLine(true, 'nothing is missing on Kafka', looked));
  else if (!isSent) {
    const would = `${rows} messages and ${levels} levels would be sent: add --yes`;
    printLine(checkLine(false, would, looked));
  } else {
    printLine(checkLine(true, `${rows} messages and ${sentLevels} levels were sent`, looked));
    printLine(lateNote);
  }
  printStrays(done);
  printFailedLanes(outcomes);
}

const lateNote = `  They stand behind younger ones: the sequence of an item or order goes back
  there. Events, verdicts and dead letters have the header onhand-published-late; StockFeed hands
  such events to onLate, OrderVerdicts marks them. \`onhand replay verify\` counts them as found
  and says that they stand late.`;

const strayNote = `  They cannot be taken back. Readers that drop repeats by id or sequence
  (StockFeed, the engines) are not harmed by doubled ones. A reader that adds up quantities has
  counted them twice: correct it by the ids above. One that goes by the last record of an item has
  it right again with the item's next event. \`--json\` names up to 1,000 of each lane.`;

const missingHead = ['engine', 'lane', 'topic', 'kind', 'missing', 'first sequence', 'last'];

function missingRows({ engine, lane, missing, levels }: MendedLane): (string | number)[][] {
  const rows: (string | number)[][] = missing.map(({ topic, kind, sequences }) => {
    const [first = 0, last = 0] = [sequences[0], sequences.at(-1)];
    return [engine, lane, topic, kind, sequences.length, first, last];
  });
  if (levels.length > 0)
    rows.push([engine, lane, 'levels of items', 'level', levels.length, '', '']);
  return rows;
}

const strayHead = ['engine', 'lane', 'what', 'topic', 'offset', 'sequence', 'about', 'id'];

function printStrays(lanes: readonly MendedLane[]): void {
  const rows = lanes.flatMap(({ engine, lane, strays }) =>
    strays.map(({ is, kind, topic, partition, offset, sequence, item, id }) => {
      const place = `${topic}/${partition}`;
      return [engine, lane, `${kind}, ${is}`, place, offset, sequence, shown(item ?? ''), id ?? ''];
    }),
  );
  const count = lanes.reduce((sum, { strayCount }) => sum + strayCount, 0);
  if (count === 0) return;
  printLine(textTable(strayHead, rows.slice(0, straysShown)));
  if (count > straysShown) printLine(`the first ${straysShown} of ${count.toLocaleString('en')}`);
  printLine(checkLine(false, `doubled or out of order: ${count} records`, 'not mended'));
  printLine(strayNote);
}
