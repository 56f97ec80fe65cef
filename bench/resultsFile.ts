import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { format } from 'prettier';
import type { Facts, ScaleName } from '../src/docs/benchResults.ts';
import type { BenchmarkResult } from './benchmark.ts';
import { picture } from './picture/picture.ts';

/** A benchmark's result, and when and of what it is one. */
export interface StoredResult extends BenchmarkResult {
  /** ISO time of its begin. */
  at: string;
  /** Of the source, by git; with a `+` when files were changed. */
  revision: string;
  scale: ScaleName;
  seconds: number;
}

/** What was measured on one machine with one set of servers. */
export interface Results {
  facts: Facts;
  results: StoredResult[];
}

/** Reads a file of results; undefined when there is none. */
export function readResults(file: string): Results | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined;
}

/**
 * Puts results into a file, in place of earlier ones of the same benchmarks; others stay, if they
 * were made on the same machine with the same software. A picture is put beside it.
 */
export async function writeResults(
  file: string,
  { facts, results }: Results,
  order: readonly string[],
): Promise<void> {
  const earlier = readResults(file);
  const kept = earlier && isSame(earlier.facts, facts) ? earlier.results : [];
  const names = new Set(results.map(({ name }) => name));
  const merged = [...kept.filter(({ name }) => !names.has(name)), ...results];
  merged.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  mkdirSync(dirname(file), { recursive: true });
  const text = JSON.stringify({ facts, results: merged });
  writeFileSync(file, await format(text, { parser: 'json', printWidth: 100 }));
  const charts = merged.flatMap((result) => result.charts ?? []);
  writeFileSync(pictureOf(file), picture(charts));
}

/** Where the picture of a file of results is. */
export function pictureOf(file: string): string {
  return file.replace(/(\.json)?$/, '.svg');
}

function isSame(one: Facts, other: Facts): boolean {
  const told = ({ machine: { cpu, memory, system } = {}, software, mysql }: Facts) =>
    JSON.stringify([cpu, memory, system, software, mysql]);
  return told(one) === told(other);
}
