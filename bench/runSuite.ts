import type { ScaleName } from '../src/docs/benchResults.ts';
import { messageOf } from '../src/ops/errors.ts';
import { type Benchmark, type BenchmarkResult, scales } from './benchmark.ts';
import { BenchError } from './benchError.ts';
import { cleanUp } from './cleanUp.ts';
import { gitRevision } from './gitRevision.ts';
import type { ProgressView } from './progressView.ts';
import type { StoredResult } from './resultsFile.ts';

/** What became of a run: results, and what failed or was left out, by name. */
export interface Suite {
  results: StoredResult[];
  /** Benchmarks that could not go on, and why. */
  failures: string[];
  /** Benchmarks that were not begun any more. */
  leftOut: string[];
}

export interface SuiteOptions {
  scale: ScaleName;
  /** Nothing is begun after so many ms. */
  beginMsMax: number;
  view: ProgressView;
  /** Is shown each result when it is there. */
  show(result: StoredResult): void;
  isInterrupted(): boolean;
}

/**
 * Runs benchmarks one after the other. One that fails is reported by its name, what it has left
 * behind is cleared away, and the others go on.
 */
export async function runSuite(
  benchmarks: readonly Benchmark[],
  options: SuiteOptions,
): Promise<Suite> {
  const suite: Suite = { results: [], failures: [], leftOut: [] };
  const revision = await gitRevision();
  const begun = Date.now();
  for (const { name, run } of benchmarks) {
    const at = Date.now();
    if (options.isInterrupted()) break;
    if (at - begun > options.beginMsMax) {
      suite.leftOut.push(name);
      continue;
    }
    try {
      const result: BenchmarkResult = await run(scales[options.scale], options.view);
      const seconds = Math.round((Date.now() - at) / 1000);
      const when = new Date(at).toISOString();
      suite.results.push({ ...result, at: when, revision, scale: options.scale, seconds });
    } catch (error) {
      if (options.isInterrupted()) break;
      const hint = error instanceof BenchError && error.hint ? ` ${error.hint}` : '';
      suite.failures.push(`${name}: ${messageOf(error)}${hint}`);
      await cleanUp().catch((left: unknown) => {
        suite.failures.push(`${name}, clearing away: ${messageOf(left)}`);
      });
    }
    options.view.endBar();
    const last = suite.results.at(-1);
    if (last?.name === name) options.show(last);
  }
  return suite;
}
