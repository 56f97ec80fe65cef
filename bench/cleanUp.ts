type Undo = () => Promise<void>;

const open: Undo[] = [];

/** What an interrupted run has to take back. Returns a function that does so now, once. */
export function onCleanUp(undo: () => Promise<unknown>): Undo {
  let done: Promise<void> | undefined;
  const once = () => {
    done ??= undo().then(() => undefined);
    // Stays in the list until it is done: an interrupted process must not end in the midst of it.
    return done.finally(() => forget(once));
  };
  open.push(once);
  return once;
}

/** Takes back what is still there, the latest first. Goes on when one fails, throws the first. */
export async function cleanUp(): Promise<void> {
  const failures: unknown[] = [];
  for (let undo = open.at(-1); undo; undo = open.at(-1)) {
    await undo().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

function forget(undo: Undo): void {
  const index = open.indexOf(undo);
  if (index >= 0) open.splice(index, 1);
}
