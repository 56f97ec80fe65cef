import type { Admin } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { TopicRegistry } from '../messaging/topics.ts';
import type { ReadContext } from './readPartition.ts';

/** Where commands look that change nothing: Kafka, and MySQL as the user that may only look. */
export interface ReplaySources extends ReadContext {
  admin: Admin;
  topics: TopicRegistry;
  pool: Pool;
}
