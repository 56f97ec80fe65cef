import { workerData } from 'node:worker_threads';
import type { Settings } from '../config/settings.ts';
import { serveThread } from '../replay/serveThread.ts';
import { openVerifyTasks } from './verifyTasks.ts';

// The program of a thread that verifies.
const { settings } = workerData as { settings: Settings };
serveThread(() => openVerifyTasks(settings));
