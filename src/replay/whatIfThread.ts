import { workerData } from 'node:worker_threads';
import type { Settings } from '../config/settings.ts';
import { serveThread } from './serveThread.ts';
import { openWhatIfTasks } from './whatIfTasks.ts';

// The program of a thread that folds lanes for a what-if.
const { settings } = workerData as { settings: Settings };
serveThread(() => openWhatIfTasks(settings));
