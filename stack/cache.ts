import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Progress, megabytes } from './progress.ts';
import { stackPaths } from './stackPaths.ts';
import { stopwatch } from './stopwatch.ts';
import { withLock } from './withLock.ts';

const tellEveryMs = 5000;

/**
 * A folder of the cache whose name begins with `prefix`, the newest if there are several. When
 * there is none, `fill` puts its content into the folder it is given and answers the rest of the
 * name. Other processes that want the same wait for it; nobody ever sees a half-filled folder.
 */
export async function cachedFolder(
  prefix: string,
  progress: Progress,
  fill: (folder: string) => Promise<string>,
): Promise<string> {
  const found = newest(prefix);
  if (found) return found;
  const lock = join(stackPaths.cache, `${prefix.replace(/-$/, '')}.lock`);
  const onWait = (pid: number) => progress(`process ${pid} is at it (${lock})`);
  return withLock(lock, onWait, async () => {
    const filled = newest(prefix);
    if (filled) return filled;
    removeDrafts(prefix);
    const draft = join(stackPaths.cache, `.${prefix}draft-${randomUUID()}`);
    mkdirSync(draft);
    const time = stopwatch();
    const size = () => megabytes(sizeOf(draft));
    const watch = setInterval(() => progress(`${size()} after ${time()}`), tellEveryMs);
    try {
      const folder = join(stackPaths.cache, prefix + (await fill(draft)));
      progress(`done: ${size()} in ${time()}`);
      renameSync(draft, folder);
      return folder;
    } finally {
      clearInterval(watch);
      rmSync(draft, { recursive: true, force: true });
    }
  });
}

/** What a process left that was ended while it filled one. */
function removeDrafts(prefix: string): void {
  for (const name of readdirSync(stackPaths.cache)) {
    if (!name.startsWith(`.${prefix}draft-`)) continue;
    rmSync(join(stackPaths.cache, name), { recursive: true, force: true });
  }
}

function newest(prefix: string): string | undefined {
  if (!existsSync(stackPaths.cache)) return undefined;
  return readdirSync(stackPaths.cache, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
    .map(({ name }) => join(stackPaths.cache, name))
    .sort((one, other) => statSync(one).mtimeMs - statSync(other).mtimeMs)
    .at(-1);
}

/** The bytes of all files below a folder in which others may be at work. */
function sizeOf(folder: string): number {
  const options = { throwIfNoEntry: false } as const;
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name), options)?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}
