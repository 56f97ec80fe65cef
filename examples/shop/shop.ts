import type { Logger } from 'pino';
import { OrderVerdicts } from '../../consumers/orderVerdicts.ts';
import type { Settings } from '../../src/config/settings.ts';
import { openEventLink } from './openEventLink.ts';
import { type EventLink, OutboxRelay } from './outboxRelay.ts';
import { PaymentProvider } from './paymentProvider.ts';
import { createShopDatabase, openShopDatabase } from './shopDatabase.ts';
import { shopServer } from './shopServer.ts';
import { takeVerdicts } from './takeVerdicts.ts';

/** A running shop. */
export interface Shop {
  /** Such as `http://127.0.0.1:8080`. */
  url: string;
  stop(): Promise<void>;
}

/** How a shop is to be started. */
export interface ShopOptions {
  settings: Settings;
  logger: Logger;
  /** Of 127.0.0.1; 0 for any. */
  port: number;
  /** Decides what simulated customers do. */
  seed: number;
  /** Told of what ends the shop: the process should end. */
  onFailure: (error: Error) => void;
  /** Opens the relay's way to Kafka. */
  openLink?: () => Promise<EventLink>;
}

/**
 * An order service: takes orders over HTTP, keeps them in a database of its own, tells onhand by an
 * outbox, and does what verdicts ask for. What it does is in the functions that this wires.
 */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { settings, logger, port, seed, onFailure } = options;
  await createShopDatabase(settings);
  const pool = openShopDatabase(settings);
  const openLink = options.openLink ?? (() => openEventLink(settings, logger));
  const relay = new OutboxRelay(pool, openLink, logger);
  const provider = new PaymentProvider(pool, logger);
  const take = async (verdicts: Parameters<typeof takeVerdicts>[1]) => {
    try {
      await takeVerdicts(pool, verdicts, seed);
    } catch (error) {
      // What has no code of the database's is a bug: the same verdicts would fail for ever.
      if (!('code' in (error as object))) onFailure(error as Error);
      throw error;
    }
  };
  const verdicts = new OrderVerdicts(settings, logger, 'shop', take, onFailure);
  const server = shopServer(pool, seed, logger);
  const url = await server.listen({ host: '127.0.0.1', port });
  relay.start();
  provider.start();
  await verdicts.start();
  return {
    url,
    stop: async () => {
      await server.close();
      await verdicts.stop();
      await provider.stop();
      await relay.stop();
      await pool.end();
    },
  };
}
