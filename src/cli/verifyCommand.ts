import { Command } from 'commander';
import { checkLine } from '../ops/checkLine.ts';
import { pino } from 'pino';
import { loadSettings } from '../config/loadSettings.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { textTable } from '../ops/textTable.ts';
import { type Verification, verifyEngines } from '../verify/verifyEngines.ts';
import { printLine } from './print.ts';

const findingsShown = 20;

const examples = `
Examples:
  $ onhand verify          fold both logs and compare with MySQL and all that was published
  $ onhand verify --json   the same for scripts

Exit code 1 when something differs. Nothing is changed, workers may go on meanwhile.`;

/** `onhand verify`: proves that tables and topics are what the command and order logs say. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('prove that tables and topics are what the command and order logs say')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (options: { json?: boolean }) => {
      const { values: settings } = loadSettings();
      const logger = pino({ level: 'silent' });
      const admin = await connectAdmin(settings, logger);
      try {
        const verification = await verifyEngines(settings, logger, admin);
        if (options.json) {
          const counts = Object.fromEntries(verification.counts);
          printLine(JSON.stringify({ ok: holds(verification), ...verification, counts }, null, 2));
        } else printVerification(verification);
        if (!holds(verification)) process.exitCode = 1;
      } finally {
        await admin.disconnect();
      }
    });
}

/** Whether everything was as it must be. */
export function holds({ lines, findings }: Verification): boolean {
  return findings.length === 0 && lines.every(({ ok }) => ok);
}

/** The result for people: each property with its verdict, then where things part. */
export function printVerification({ lanes, lines, findings }: Verification): void {
  const positions = lanes.reduce((sum, { offset }) => sum + offset, 0);
  const fold = {
    check: 'tables and topics = fold of the command and order logs',
    ok: findings.length === 0,
    detail: `${lanes.length} lanes, ${positions} log positions`,
  };
  for (const { check, ok, detail } of [...lines, fold]) {
    printLine(checkLine(ok, check, detail));
  }
  if (findings.length === 0) return;
  const rows = findings.slice(0, findingsShown).map((finding) => {
    const { engine, lane, where, what, expected, found } = finding;
    return [engine, lane, where, what, expected.slice(0, 40), found.slice(0, 40)];
  });
  printLine(textTable(['engine', 'lane', 'where', 'what', 'log says', 'found'], rows));
  if (findings.length > findingsShown) printLine(`and ${findings.length - findingsShown} more`);
}
