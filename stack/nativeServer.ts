import type { Progress } from './progress.ts';
import type { StackPorts, StackState } from './stackState.ts';

/** How to start one server as a process of this machine. */
export interface NativeServer {
  ports: (keyof StackPorts)[];
  /** Makes programs, configuration and data ready. Harmless when they are. */
  prepare: (state: StackState, progress: Progress) => Promise<Launch>;
}

export interface Launch {
  command: [string, ...string[]];
  /** As the program calls itself. */
  version: string;
}
