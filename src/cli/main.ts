#!/usr/bin/env -S node --max-semi-space-size=64 --max-old-space-size=1920
import { Command } from 'commander';
import { stackCommand } from '../../stack/stackCommand.ts';
import { packageVersion } from '../config/packageVersion.ts';
import { exitCodeHelp, exitCodeOf } from '../ops/exitCodes.ts';
import { checkpointCommand } from './checkpointCommand.ts';
import { configCommand } from './configCommand.ts';
import { deadLetterCommand } from './deadLetterCommand.ts';
import { historyCommand } from './historyCommand.ts';
import { lagCommand } from './lagCommand.ts';
import { levelCommand } from './levelCommand.ts';
import { migrateCommand } from './migrateCommand.ts';
import { operationsCommand } from './operationsCommand.ts';
import { parkedCommand } from './parkedCommand.ts';
import { replayCommand } from './replayCommand.ts';
import { reportError } from './reportError.ts';
import { reservationCommand } from './reservationCommand.ts';
import { runCommand } from './runCommand.ts';
import { schemasCommand } from './schemasCommand.ts';
import { topicsCommand } from './topicsCommand.ts';
import { viewCommand } from './viewCommand.ts';
import { whyCommand } from './whyCommand.ts';

const program = new Command('onhand')
  .description('Kafka-driven reactive stock processor')
  .version(packageVersion)
  .option('--verbose', 'print stack traces of errors')
  .showHelpAfterError('(add --help for usage)')
  .addHelpText('after', exitCodeHelp());

program
  .addCommand(runCommand())
  .addCommand(stackCommand())
  .addCommand(migrateCommand())
  .addCommand(topicsCommand())
  .addCommand(schemasCommand())
  .addCommand(replayCommand())
  .addCommand(checkpointCommand())
  .addCommand(operationsCommand())
  .addCommand(parkedCommand())
  .addCommand(viewCommand())
  .addCommand(whyCommand())
  .addCommand(deadLetterCommand())
  .addCommand(levelCommand())
  .addCommand(historyCommand())
  .addCommand(reservationCommand())
  .addCommand(lagCommand())
  .addCommand(configCommand());

// Who wants to see no more, such as `| head`, ends the command: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  const { verbose = false } = program.opts<{ verbose?: boolean }>();
  reportError(error, { verbose, json: process.argv.includes('--json') });
  process.exitCode = exitCodeOf(error);
}
