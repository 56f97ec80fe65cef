import { checkLine } from '../ops/checkLine.ts';
import { textTable } from '../ops/textTable.ts';
import type { LaneProof, Verification } from '../verify/verifyEngines.ts';
import { shown } from '../why/shownText.ts';
import { printLine } from './print.ts';

const findingsShown = 20;
const textMax = 60;

/** The result for people: each property with its verdict, then where lanes part from their logs. */
export function printVerification(verification: Verification): void {
  const { lanes, lines, findings, failures, seconds } = verification;
  const records = lanes.reduce((sum, lane) => sum + lane.records, 0);
  const rate = `${Math.round(records / seconds).toLocaleString('en')}/s`;
  const detail = `${lanes.length} lanes, ${records.toLocaleString('en')} records, ${rate}`;
  const isProved = findings.length === 0 && failures.length === 0;
  for (const { check, ok, detail } of lines) printLine(checkLine(ok, check, detail));
  printLine(checkLine(isProved, 'tables and topics = fold of the command and order logs', detail));
  for (const { engine, lane, failure } of failures) {
    printLine(checkLine(false, `${engine} partition ${lane}: ${failure.message}`, failure.code));
    printLine(`  ${failure.hint}`);
  }
  for (const { engine, lane, topic, count } of verification.late) {
    printLine(`  late on ${engine} lane ${lane}: ${count} records of ${topic}, by publish-missing`);
  }
  if (findings.length > 0) printFindings(verification);
}

/** One line for each lane: how far it is proved, or where it parts from its log first. */
export function printLanes({ lanes, findings }: Verification): void {
  for (const proof of lanes) {
    const { engine, lane, differences, records } = proof;
    const first = findings.find((one) => one.engine === engine && one.lane === lane);
    const place = `${engine}: ${provedText(proof)} of partition ${lane}`;
    const count = `${records.toLocaleString('en')} records${openText(proof)}`;
    if (!first) printLine(checkLine(true, place, count));
    else {
      const at = first.offset === null ? 'beside the log' : `first at offset ${first.offset}`;
      const parts = `${engine}: partition ${lane} parts from its log, ${at}`;
      printLine(checkLine(false, parts, `${Math.max(1, differences)} differences`));
    }
  }
}

function provedText({ from, offset, isAtProgress }: LaneProof): string {
  if (!isAtProgress) return `outcomes proved from offset ${from} up to offset ${offset}`;
  return from === 0
    ? `proved up to offset ${offset}`
    : `proved from ${from} up to offset ${offset}`;
}

function openText({ openRecords }: LaneProof): string {
  if (openRecords === 0) return '';
  return `; ${openRecords.toLocaleString('en')} beyond it are in an open transaction`;
}

function printFindings({ lanes, findings }: Verification): void {
  const rows = findings.slice(0, findingsShown).map((finding) => {
    const { engine, lane, offset, item, where, what, expected, found } = finding;
    const texts = [item ?? '', where, what, cut(expected), cut(found)].map(shown);
    return [`${engine} ${lane}`, offset ?? '', ...texts];
  });
  const head = ['lane', 'offset', 'stock item or order', 'where', 'what', 'log says', 'found'];
  printLine(textTable(head, rows));
  const inLanes = lanes.reduce((sum, { differences }) => sum + differences, 0);
  const all = Math.max(inLanes, findings.length);
  if (all > rows.length) printLine(`and ${(all - rows.length).toLocaleString('en')} more`);
}

function cut(text: string): string {
  return text.length > textMax ? `${text.slice(0, textMax)}…` : text;
}
