import type { KafkaMessage } from 'kafkajs';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import type { Logger } from '../src/ops/logger.ts';
import { learnSchemas } from './learnSchemas.ts';

/**
 * Messages with values as decoders take them, whatever their encoding; waits for a registry that
 * is away. Undefined when they are not wanted any more.
 */
export async function plainMessages(
  messages: KafkaMessage[],
  registry: SchemaRegistry | undefined,
  logger: Logger,
  areWanted: () => boolean,
): Promise<KafkaMessage[] | undefined> {
  if (!registry) return messages;
  const unlearned = registry.unlearned(messages);
  if (unlearned.size > 0 && !(await learnSchemas(registry, unlearned, logger, areWanted))) {
    return undefined;
  }
  return messages.map((message) => ({ ...message, value: registry.plain(message.value) }));
}
