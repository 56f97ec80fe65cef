#!/usr/bin/env node
import { Command } from 'commander';
import { packageVersion } from '../config/packageVersion.ts';
import { reportError } from './reportError.ts';

const program = new Command('onhand')
  .description('Kafka-driven reactive stock processor')
  .version(packageVersion)
  .option('--verbose', 'print stack traces of errors')
  .showHelpAfterError('(add --help for usage)');

try {
  await program.parseAsync();
} catch (error) {
  reportError(error, { verbose: program.opts<{ verbose?: boolean }>().verbose ?? false });
  process.exitCode = 1;
}
