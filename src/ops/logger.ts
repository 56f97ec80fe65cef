import { type Logger as PinoLogger, pino } from 'pino';
import type { Settings } from '../config/settings.ts';

type Write = (fields: object, text: string) => void;

/**
 * What clients need of a logger: the fields of a line, then its text. One of pino fits, and so does
 * `console`, which shows debug lines as well. Without `isLevelEnabled`, Kafka's client tells of
 * warnings only.
 */
export interface Logger {
  trace: Write;
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
  isLevelEnabled?: (level: string) => boolean;
}

/** JSON lines on stdout. */
export function createLogger(settings: Pick<Settings, 'ONHAND_LOG_LEVEL'>): PinoLogger {
  return pino({ name: 'onhand', level: settings.ONHAND_LOG_LEVEL });
}
