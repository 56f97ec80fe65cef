import { type Logger, pino } from 'pino';
import type { Settings } from '../config/settings.ts';

/** JSON lines on stdout. */
export function createLogger(settings: Pick<Settings, 'ONHAND_LOG_LEVEL'>): Logger {
  return pino({ name: 'onhand', level: settings.ONHAND_LOG_LEVEL });
}
