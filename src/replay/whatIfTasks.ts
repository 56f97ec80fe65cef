import { pino } from 'pino';
import type { Settings } from '../config/settings.ts';
import { connectAdmin } from '../messaging/connectAdmin.ts';
import { topicRegistry } from '../messaging/topics.ts';
import { openDatabase } from '../storage/database.ts';
import { explainedError } from './explainedError.ts';
import type { TaskService } from './taskPool.ts';
import { type WhatIfReport, type WhatIfTask, whatIfLane } from './whatIf.ts';

/** Connects to Kafka and MySQL and folds the lanes that it is given. Throws KAFKA_*. */
export async function openWhatIfTasks(
  settings: Settings,
): Promise<TaskService<WhatIfTask, WhatIfReport>> {
  const logger = pino({ level: 'silent' });
  const admin = await connectAdmin(settings, logger);
  const pool = openDatabase(settings, 'read', 1);
  const sources = { settings, logger, admin, pool, topics: topicRegistry(settings) };
  return {
    run: async (task, onProgress) => {
      try {
        return await whatIfLane(sources, task, onProgress);
      } catch (error) {
        throw explainedError(error, settings);
      }
    },
    transfers: () => [],
    close: async () => {
      await admin.disconnect();
      await pool.end();
    },
  };
}
