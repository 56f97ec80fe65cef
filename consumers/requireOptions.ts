import { z } from 'zod';
import { OperationalError } from '../src/ops/errors.ts';
import type { StockFeedOptions } from './stockFeedOptions.ts';

/** What Kafka takes as the name of a group, with a prefix of up to 100 characters before it. */
const group = z.string().min(1).max(149);
const handler = z.custom((value) => typeof value === 'function', 'expected a function');
const count = z.number().int().nonnegative();

const feedOptions = z
  .object({
    groupId: group.optional(),
    positions: z.array(z.object({ partition: count, offset: count })).optional(),
    onLevel: handler,
    onEvent: handler,
    onGap: handler,
    onFailed: handler,
    onLate: handler.optional(),
    known: handler.optional(),
  })
  .refine(
    ({ groupId, positions }) => (groupId === undefined) !== (positions === undefined),
    'give either groupId or positions',
  );
const verdictOptions = z.object({ group, take: handler, onFailure: handler });

/** Throws OPTIONS_INVALID: typings keep such options out of TypeScript only. */
export function requireFeedOptions(options: StockFeedOptions): void {
  requireValid('StockFeed', feedOptions, options);
}

/** Throws OPTIONS_INVALID. */
export function requireVerdictOptions(options: z.input<typeof verdictOptions>): void {
  requireValid('OrderVerdicts', verdictOptions, options);
}

function requireValid(of: string, schema: z.ZodType, options: unknown): void {
  const { error } = schema.safeParse(options);
  if (!error) return;
  const lines = error.issues.map(({ path, message }) => [...path, message].join(': '));
  throw new OperationalError('OPTIONS_INVALID', `${of}: ${lines.join('; ')}`);
}
