#!/usr/bin/env -S node --max-semi-space-size=32 --max-old-space-size=1920
import { Command } from 'commander';
import { stackCommand } from '../../stack/stackCommand.ts';
import { packageVersion } from '../config/packageVersion.ts';
import { configCommand } from './configCommand.ts';
import { migrateCommand } from './migrateCommand.ts';
import { parkedCommand } from './parkedCommand.ts';
import { reportError } from './reportError.ts';
import { runCommand } from './runCommand.ts';
import { schemasCommand } from './schemasCommand.ts';
import { topicsCommand } from './topicsCommand.ts';
import { verifyCommand } from './verifyCommand.ts';
import { viewCommand } from './viewCommand.ts';
import { whyCommand } from './whyCommand.ts';

const program = new Command('onhand')
  .description('Kafka-driven reactive stock processor')
  .version(packageVersion)
  .option('--verbose', 'print stack traces of errors')
  .showHelpAfterError('(add --help for usage)');

program
  .addCommand(runCommand())
  .addCommand(stackCommand())
  .addCommand(migrateCommand())
  .addCommand(topicsCommand())
  .addCommand(schemasCommand())
  .addCommand(verifyCommand())
  .addCommand(parkedCommand())
  .addCommand(viewCommand())
  .addCommand(whyCommand())
  .addCommand(configCommand());

try {
  await program.parseAsync();
} catch (error) {
  reportError(error, { verbose: program.opts<{ verbose?: boolean }>().verbose ?? false });
  process.exitCode = 1;
}
