import { Command } from 'commander';
import { pino } from 'pino';
import { loadSettings } from '../../src/config/loadSettings.ts';
import { startShop } from './shop.ts';

interface Options {
  port: string;
  seed: string;
}

const examples = `
Examples:
  $ node dist/examples/shop/main.js --port 8080
  $ curl localhost:8080/orders -H 'content-type: application/json' -d '{"orderId": "o-1",
      "customer": "Ann", "mode": "all", "ttlSeconds": 60, "lines": [{"sku": "A", "quantity": 1}]}'

Where Kafka and MySQL are comes from the settings of onhand. Ends on SIGTERM and SIGINT.`;

const program = new Command('shop')
  .description('An order service on top of onhand, with simulated payments.')
  .option('--port <number>', 'port of 127.0.0.1 to listen on; 0: any, which the log names', '0')
  .option('--seed <number>', 'decides what simulated customers do', '1')
  .addHelpText('after', examples)
  .parse();

const { port, seed } = program.opts<Options>();
const { values: settings } = loadSettings();
const logger = pino({ name: 'shop', level: settings.ONHAND_LOG_LEVEL });

try {
  const shop = await startShop({
    settings,
    logger,
    port: Number(port),
    seed: Number(seed),
    onFailure: fail,
  });
  logger.info({ url: shop.url }, 'shop started');
  const stop = () => void shop.stop().then(() => logger.info('shop stopped'));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // A program that started it and holds a channel to it, as the demo does, takes it along.
  if (process.connected === false) stop();
  process.once('disconnect', stop);
  process.channel?.unref();
} catch (error) {
  fail(error as Error);
}

/** What is open then keeps nobody waiting: whoever watches over the process starts it again. */
function fail({ message }: Error): void {
  logger.error({ reason: message }, 'shop failed');
  process.exit(1);
}
