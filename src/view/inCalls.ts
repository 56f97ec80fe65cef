import type { ViewClient } from './viewClient.ts';

/** Keys in one call of a script at most: Redis is busy for a millisecond or so. */
const keysMax = 500;

/**
 * Does `call` for all entries, as many in one call as may go together: in a cluster those of one
 * SKU, whose keys have the same hash tag and so are on one node. All calls are sent at once.
 */
export async function inCalls<Entry extends { key: string }, Answer>(
  client: ViewClient,
  entries: readonly Entry[],
  call: (some: Entry[]) => Promise<Answer>,
): Promise<Answer[]> {
  const groups = client.isCluster ? byHashTag(entries) : [entries];
  const calls: Promise<Answer>[] = [];
  for (const group of groups) {
    for (let start = 0; start < group.length; start += keysMax) {
      calls.push(call(group.slice(start, start + keysMax)));
    }
  }
  return Promise.all(calls);
}

function byHashTag<Entry extends { key: string }>(entries: readonly Entry[]): Iterable<Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const tag = entry.key.slice(0, entry.key.indexOf('}'));
    const group = groups.get(tag);
    if (group) group.push(entry);
    else groups.set(tag, [entry]);
  }
  return groups.values();
}
