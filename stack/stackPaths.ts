import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { packageRoot } from '../src/config/packageRoot.ts';
import type { ServerName } from './stackState.ts';

const givenCache = process.env.XDG_CACHE_HOME ?? '';
const own = join(packageRoot, '.onhand');

/** Where the stack of this checkout keeps its files. Git ignores the folder. */
export const stackPaths = {
  folder: own,
  state: join(own, 'stack.json'),
  lock: join(own, 'stack.lock'),
  logs: join(own, 'logs'),
  compose: join(packageRoot, 'stack', 'compose.yaml'),
  pom: join(packageRoot, 'stack', 'pom.xml'),
  docker: join(own, 'docker'),
  /** Configuration and data of one native server. */
  server: (name: ServerName) => join(own, name),
  log: (name: string) => join(own, 'logs', `${name}.log`),
  /** Downloads, shared by all checkouts of this user. */
  cache: join(isAbsolute(givenCache) ? givenCache : join(homedir(), '.cache'), 'onhand'),
  /** A name that tells this checkout from others on the machine. */
  project: `onhand-${createHash('sha256').update(packageRoot).digest('hex').slice(0, 8)}`,
};
