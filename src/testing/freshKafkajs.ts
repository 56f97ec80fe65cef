import { createRequire } from 'node:module';
import type { LoadInternal } from '../messaging/mends/loadInternal.ts';

const require = createRequire(import.meta.url);
const folder = /[\\/]node_modules[\\/]kafkajs[\\/]/;

/**
 * A second copy of kafkajs that nobody has mended, so that a test can show what a mend changes.
 * The copy that the process uses stays as it is.
 */
export function freshKafkajs(): LoadInternal {
  const current = takeOut();
  require('kafkajs');
  require('kafkajs/package.json');
  const fresh = takeOut();
  Object.assign(require.cache, Object.fromEntries(current));
  return (file) => {
    const module = fresh.get(require.resolve(`kafkajs/src/${file}`));
    if (!module) throw new Error(`kafkajs does not load ${file} by itself`);
    return module.exports as unknown;
  };
}

function takeOut(): Map<string, NodeJS.Module> {
  const modules = new Map<string, NodeJS.Module>();
  for (const [path, module] of Object.entries(require.cache)) {
    if (module && folder.test(path)) modules.set(path, module);
  }
  for (const path of modules.keys()) delete require.cache[path];
  return modules;
}
