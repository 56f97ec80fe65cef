import { Command } from 'commander';
import { loadSettings } from '../config/loadSettings.ts';
import { toOperationalError } from '../messaging/kafkaErrors.ts';
import { createLogger } from '../ops/logger.ts';
import { startProcessor } from './processor.ts';

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
  const ended = new Promise<Error | undefined>((resolve) => {
    process.once('SIGTERM', () => resolve(undefined));
    process.once('SIGINT', () => resolve(undefined));
    startProcessor(settings, logger, resolve).then(
      (processor) => {
        logger.info('processor started');
        stop = () => processor.stop();
      },
      (error: unknown) => resolve(toOperationalError(error, settings) as Error),
    );
  });
  let stop: () => Promise<void> = () => Promise.resolve();
  const error = await ended;
  logger.info('processor stopping');
  await stop();
  if (error) throw error;
  logger.info('processor stopped');
}
