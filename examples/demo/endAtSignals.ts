import { constants } from 'node:os';
import type { Service } from './service.ts';

/** Ends services, then the process, at SIGTERM and SIGINT, with a shell's exit code for them. */
export function endAtSignals(services: readonly Service[]): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      process.stderr.write(`\n${signal}: ending what was started\n`);
      const ended = Promise.all(services.map((service) => service.stop()));
      void ended.finally(() => process.exit(128 + constants.signals[signal]));
    });
  }
}
