import { createRequire } from 'node:module';

/** Loads a file of kafkajs' own source by its path below `src/`, without the ending. */
export type LoadInternal = (file: string) => unknown;

const require = createRequire(import.meta.url);

/** From the kafkajs that the whole process uses; the package has no `exports` map to forbid it. */
export const loadInternal: LoadInternal = (file) => require(`kafkajs/src/${file}`) as unknown;
