import { Command } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { migrate } from '../storage/migrate.ts';
import { printLine } from './print.ts';

const examples = `
Examples:
  $ onhand migrate             bring the schema up to date, grant the users their rights
  $ onhand migrate --dry-run   only say what would be done`;

/** `onhand migrate`: brings the database up to date. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the MySQL schema up to date')
    .option('--dry-run', 'change nothing, only list the pending migrations')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action(async (options: { dryRun?: boolean; json?: boolean }) => {
      const { values: settings } = loadSettings();
      const result = await migrate(settings, options.dryRun);
      if (options.json) printLine(JSON.stringify(result));
      else if (options.dryRun) printLine(`pending: ${result.pending.join(', ') || 'none'}`);
      else printLine(`applied: ${result.applied.join(', ') || 'none, the schema is up to date'}`);
    });
}
