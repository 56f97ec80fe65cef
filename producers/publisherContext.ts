import type { Admin } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { Logger } from 'pino';
import type { Settings } from '../src/config/settings.ts';
import type { SchemaRegistry } from '../src/messaging/registry/schemaRegistry.ts';
import type { TopicRegistry } from '../src/messaging/topics.ts';
import type { Metrics } from '../src/ops/metrics.ts';
import type { ViewWriter } from '../src/view/viewWriter.ts';

/** What a publisher needs of its process. */
export interface PublisherContext {
  settings: Settings;
  topics: TopicRegistry;
  pool: Pool;
  admin: Admin;
  logger: Logger;
  metrics: Metrics;
  /** By whose ids records name their schemas, if there is one. */
  registry?: SchemaRegistry | undefined;
  /** Is told of published rows, if there is a view. */
  viewWriter?: ViewWriter | undefined;
}
