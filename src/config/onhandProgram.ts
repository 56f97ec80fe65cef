import { join } from 'node:path';
import { packageRoot } from './packageRoot.ts';

/**
 * Node's flags for `onhand`. A larger young generation: what a slice makes is mostly dead before it
 * is copied (measured: 15 to 25 % more commands a second). And a limit of 2 GiB, below which V8
 * lets the old generation grow by halves, not fourfold, between collections: the processor stays
 * at some 360 MiB instead of 560. `bin` (its first line) and `npm start` have them too; a test
 * compares.
 */
export const heapFlags = ['--max-semi-space-size=64', '--max-old-space-size=1920'];

/** What Node is started with to run `onhand` as a process of its own; its arguments follow. */
export const onhandProgram = [...heapFlags, join(packageRoot, 'dist', 'src', 'cli', 'main.js')];
