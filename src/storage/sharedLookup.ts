import type { KeysInLanes } from './laneRows.ts';

/** Keys in a statement at most: the smallest packet has room for names of 64 characters. */
const keysMax = 4000;

/** Finds rows by key in a lane, each row at most once. */
export type Lookup<Key, Row> = (lane: number, keys: readonly Key[]) => Promise<Row[]>;

interface Asked<Key, Row> {
  lane: number;
  keys: readonly Key[];
  answer: (rows: Row[]) => void;
  fail: (error: unknown) => void;
}

/**
 * Makes one statement, if there are not very many keys, of what several lanes look up in one turn
 * of the event loop, each of them once. `find` gets the keys with their lanes, and says in each row
 * which lane it is of.
 */
export function sharedLookup<Key, Row extends { lane: number }>(
  find: (keys: KeysInLanes<Key>) => Promise<Row[]>,
): Lookup<Key, Row> {
  let waiting: Asked<Key, Row>[] = [];

  const send = async () => {
    const asked = waiting;
    waiting = [];
    try {
      const keys = asked.flatMap(({ lane, keys }) => keys.map((key): [number, Key] => [lane, key]));
      const found = new Map(asked.map(({ lane }): [number, Row[]] => [lane, []]));
      const lists = Array.from({ length: Math.ceil(keys.length / keysMax) }, (_, at) =>
        find(keys.slice(at * keysMax, (at + 1) * keysMax)),
      );
      for (const row of (await Promise.all(lists)).flat()) found.get(row.lane)?.push(row);
      for (const { lane, answer } of asked) answer(found.get(lane) ?? []);
    } catch (error) {
      for (const { fail } of asked) fail(error);
    }
  };
  return async (lane, keys) => {
    if (keys.length === 0) return [];
    return new Promise((answer, fail) => {
      if (waiting.length === 0) queueMicrotask(() => void send());
      waiting.push({ lane, keys, answer, fail });
    });
  };
}
