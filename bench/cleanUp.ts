type Undo = () => Promise<unknown>;

const open = new Set<Undo>();

/** What an interrupted run has to take back. Returns a function that does so now, once. */
export function onCleanUp(undo: Undo): () => Promise<void> {
  open.add(undo);
  return async () => {
    if (open.delete(undo)) await undo();
  };
}

/** Takes back what is still there, the latest first. Goes on when one fails, throws the first. */
export async function cleanUp(): Promise<void> {
  const failures: unknown[] = [];
  for (let undo = latest(); undo; undo = latest()) {
    open.delete(undo);
    await undo().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

function latest(): Undo | undefined {
  return [...open].at(-1);
}
