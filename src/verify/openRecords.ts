import { pino } from 'pino';
import type { Settings } from '../config/settings.ts';
import { LogEndReader } from '../messaging/ends/logEndReader.ts';
import { createKafka } from '../messaging/kafkaClient.ts';
import { topicRegistry, topicsOf } from '../messaging/topics.ts';
import { explainedError } from '../replay/explainedError.ts';
import { type EngineName, engineNames } from '../storage/progress.ts';

/** How many records of a lane's log no reader gets at present, when it was read up to `offset`. */
export type OpenRecords = (engine: EngineName, lane: number, offset: number) => number;

/**
 * What of the logs lies in open transactions or behind them: nothing is wrong with that, and
 * nothing is proved about it. Throws KAFKA_*.
 */
export async function openRecordsOf(settings: Settings): Promise<OpenRecords> {
  const logger = pino({ level: 'silent' });
  const reader = new LogEndReader(createKafka(settings, 'onhand-verify', logger));
  try {
    const registry = topicRegistry(settings);
    const logs = engineNames.map(async (engine) => {
      return [engine, await reader.read(topicsOf(registry, engine).input.name)] as const;
    });
    const ends = new Map(await Promise.all(logs));
    return (engine, lane, offset) => {
      const { end, stable } = ends.get(engine)?.get(lane) ?? { end: 0, stable: 0 };
      // A lane that is behind for another reason has a lag; that is not for a proof to tell.
      return offset >= stable ? Math.max(0, end - offset) : 0;
    };
  } catch (error) {
    throw explainedError(error, settings);
  } finally {
    await reader.disconnect();
  }
}
