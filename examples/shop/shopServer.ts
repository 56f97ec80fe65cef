import { type FastifyInstance, fastify } from 'fastify';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import { acceptReturn } from './acceptReturn.ts';
import { placeOrder } from './placeOrder.ts';
import type { Basket, ReturnedGoods } from './shopOrder.ts';

const id = { type: 'string', pattern: '^[!-~]{1,64}$' };
const lines = {
  type: 'array',
  minItems: 1,
  maxItems: 1000,
  items: {
    type: 'object',
    required: ['sku', 'quantity'],
    properties: {
      sku: { type: 'string', pattern: '^[ -~]{1,64}$' },
      quantity: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
    },
  },
};
const basket = {
  type: 'object',
  required: ['orderId', 'customer', 'mode', 'ttlSeconds', 'lines'],
  properties: {
    orderId: id,
    customer: { type: 'string', maxLength: 64 },
    mode: { enum: ['all', 'partial'] },
    ttlSeconds: { type: ['integer', 'null'], minimum: 1 },
    lines,
  },
};
const returned = {
  type: 'object',
  required: ['orderId', 'returnId', 'lines'],
  properties: { orderId: id, returnId: { type: 'string', pattern: '^[!-~]{1,50}$' }, lines },
};

/**
 * What customers ask of the shop: `POST /orders` and `POST /returns`. Both may be asked again when
 * no answer came. The answer says that the shop has it, not yet what becomes of it.
 */
export function shopServer(pool: Pool, seed: number, logger: Logger): FastifyInstance {
  const app = fastify();
  app.addHook('onError', (request, _reply, { statusCode = 500, message }, done) => {
    if (statusCode >= 500) logger.warn({ reason: message }, `${request.url} failed`);
    done();
  });
  app.post<{ Body: Basket }>('/orders', { schema: { body: basket } }, async (request, reply) => {
    const isNew = await placeOrder(pool, request.body, seed);
    return reply.code(isNew ? 202 : 200).send({ orderId: request.body.orderId });
  });
  app.post<{ Body: ReturnedGoods }>(
    '/returns',
    { schema: { body: returned } },
    async (request, reply) => {
      const isKnown = await acceptReturn(pool, request.body);
      return reply.code(isKnown ? 202 : 404).send({ returnId: request.body.returnId });
    },
  );
  return app;
}
