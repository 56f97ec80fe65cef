import { setTimeout as sleep } from 'node:timers/promises';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import { messageOf } from '../src/ops/errors.ts';
import type { Logger } from '../src/ops/logger.ts';

const retryMs = 1000;

/**
 * Learns the schemas with these ids, for as long as it takes: a registry that is away holds the
 * records up, it does not make dead letters of them. `onFailure` is told of every try that fails.
 * False when they are not wanted any more.
 */
export async function learnSchemas(
  registry: SchemaRegistry,
  ids: ReadonlySet<number>,
  logger: Logger,
  areWanted: () => boolean,
  onFailure: (error: unknown) => void = () => undefined,
): Promise<boolean> {
  while (areWanted()) {
    try {
      await registry.learn(ids);
      return areWanted();
    } catch (error) {
      logger.warn({ ids: [...ids], reason: messageOf(error) }, 'schemas not fetched, retrying');
      onFailure(error);
      await sleep(retryMs);
    }
  }
  return false;
}
