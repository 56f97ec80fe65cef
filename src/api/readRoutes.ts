import type { FastifyInstance } from 'fastify';
import type { Pool } from 'mysql2/promise';
import type { Settings } from '../config/settings.ts';
import { toStorageError } from '../storage/storageErrors.ts';
import type { ViewClient } from '../view/viewClient.ts';
import { ApiError } from './apiError.ts';
import { LevelReader } from './levelReader.ts';
import { loadOpenApi, requestSchema } from './openApi.ts';
import { readOrderReservations } from './orderReservations.ts';

/** Where the routes read. */
export interface ReadSources {
  settings: Settings;
  /** Reads only. */
  pool: Pool;
  /** Undefined where there is no view in Redis. */
  client: ViewClient | undefined;
}

interface OneLevel {
  Params: { sku: string };
  Querystring: { location: string; atLeast?: number };
}
interface ManyLevels {
  Querystring: { sku: string[]; location: string };
}
interface OneOrder {
  Params: { orderId: string };
}

/** What services read over HTTP, as `/openapi.json` describes it. Nothing here changes anything. */
export function readRoutes({
  settings,
  pool,
  client,
}: ReadSources): (app: FastifyInstance) => void {
  const document = loadOpenApi();
  const levels = new LevelReader(settings, pool, client);
  const schemaOf = (path: string) => ({ schema: requestSchema(document, path) });
  return (app) => {
    app.get('/openapi.json', () => document);

    app.get<OneLevel>('/levels/:sku', schemaOf('/levels/{sku}'), async ({ params, query }) => {
      const { sku } = params;
      const { location, atLeast = 0 } = query;
      const [level] = await levels.read([{ sku, location, atLeast }]);
      if (level && level.sequence >= atLeast) return level;
      const at = `${sku} at ${location}`;
      if (atLeast > 0) throw new ApiError('BEHIND', `${at} is at ${level?.sequence ?? 0}`);
      throw new ApiError('STOCK_ITEM_UNKNOWN', `nothing is known of ${at}`);
    });

    app.get<ManyLevels>('/levels', schemaOf('/levels'), async ({ query }) => {
      const wanted = [...new Set(query.sku)].map((sku) => ({ sku, location: query.location }));
      const found = await levels.read(wanted);
      return {
        levels: found.filter((level) => level !== undefined),
        unknown: wanted.filter((_, index) => !found[index]),
      };
    });

    const ofOrder = '/orders/{orderId}/reservations';
    app.get<OneOrder>('/orders/:orderId/reservations', schemaOf(ofOrder), async ({ params }) => {
      const { orderId } = params;
      const reservations = await readOrderReservations(pool, settings, orderId).catch(
        (error: unknown) => {
          const cause = toStorageError(error, settings);
          throw new ApiError('DATABASE_AWAY', 'the database does not answer', { cause });
        },
      );
      if (reservations.length > 0) return { orderId, reservations };
      throw new ApiError('ORDER_UNKNOWN', `no stock was ever reserved for ${orderId}`);
    });
  };
}
