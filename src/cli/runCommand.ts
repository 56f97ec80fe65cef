import { Command } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { packageVersion } from '../config/packageVersion.ts';
import { toOperationalError } from '../messaging/kafkaErrors.ts';
import { messageOf } from '../ops/errors.ts';
import { exitCodeOf } from '../ops/exitCodes.ts';
import { createLogger } from '../ops/logger.ts';
import { onStarterGone } from '../config/starterGone.ts';
import { startProcessor } from './processor.ts';

/** A server that is away must not hold up a shutdown: 5 seconds in all. */
const startMsMax = 2000;
const stopMsMax = 4500;
/** kafkajs leaves a connection behind when it is stopped while it joins its group. */
const leftoversMsMax = 1000;

const examples = `
Examples:
  $ onhand run                              work until SIGTERM or SIGINT
  $ ONHAND_LOG_LEVEL=debug onhand run

Start as many as there is work for: Kafka gives each its share of the lanes. All settings come from
the environment (\`onhand config show\`).`;

/** `onhand run`: one stock processor, until it is told to stop. */
export function runCommand(): Command {
  return new Command('run')
    .description('run one stock processor')
    .addHelpText('after', examples)
    .action(run);
}

async function run(): Promise<void> {
  const { values: settings } = loadSettings();
  const logger = createLogger(settings);
  let end: (error?: unknown) => void = () => undefined;
  const ended = new Promise<unknown>((resolve) => (end = resolve));
  process.once('SIGTERM', () => end());
  process.once('SIGINT', () => end());
  onStarterGone(() => end());
  let hasStarted = false;
  logger.info({ version: packageVersion }, 'processor starting');
  const starting = startProcessor(settings, logger, end);
  starting.then(() => {
    hasStarted = true;
    logger.info('processor started');
  }, end);

  const error = toOperationalError(await ended, settings);
  if (error !== undefined) {
    process.exitCode = exitCodeOf(error);
    const { code } = error as { code?: string };
    logger.error({ code, reason: messageOf(error) }, 'processor failed');
  }
  logger.info('processor stopping');
  exitAfter(hasStarted ? stopMsMax : startMsMax);
  // A start that is under way goes on to its end, since only then can it be stopped.
  await starting.then(
    (processor) => processor.stop(),
    () => undefined,
  );
  exitAfter(leftoversMsMax);
  if (error !== undefined) throw error as Error;
  logger.info('processor stopped');
}

/** Ends a process that something keeps alive. What is not done then is what a crash would leave. */
function exitAfter(ms: number): void {
  setTimeout(() => process.exit(), ms).unref();
}
