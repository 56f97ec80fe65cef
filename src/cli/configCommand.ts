import { Command } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { descriptionOf, isSecret, settingNames } from '../config/settings.ts';
import { textTable } from '../ops/textTable.ts';
import { printLine } from './print.ts';

const examples = `
Examples:
  $ onhand config show          every setting, its value and where it came from
  $ onhand config show --json   the same for scripts`;

/** `onhand config show`: what is in force, secrets masked. */
export function configCommand(): Command {
  const command = new Command('config').description('show the settings in force');
  command
    .command('show')
    .description('print every setting with its source; secrets are masked')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((options: { json?: boolean }) => {
      const { values, sources } = loadSettings();
      const rows = settingNames.map((name) => {
        const value = values[name];
        const masked = isSecret(name) && value ? '********' : String(value ?? '');
        return { name, value: masked, source: sources[name], description: descriptionOf(name) };
      });
      if (options.json) return printLine(JSON.stringify(rows, null, 2));
      const cells = rows.map((row) => [row.name, row.value, row.source, row.description]);
      printLine(textTable(['setting', 'value', 'from', 'meaning'], cells));
    });
  return command;
}
