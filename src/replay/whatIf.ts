import { type Policy, itemOf } from '../domain/stockState.ts';
import { LaneReplay } from '../engine/laneReplay.ts';
import { policyOf } from '../engine/policyOf.ts';
import { partitionOf } from '../messaging/partitionOf.ts';
import { OperationalError } from '../ops/errors.ts';
import type { ReplaySources } from './replaySources.ts';
import { type FoldBegin, beginFold, foldedRecords, openFoldedLane } from './stockFold.ts';
import { WhatIfFold } from './whatIfFold.ts';
import type { ItemOutcome, TalliedItem } from './whatIfTally.ts';
import { withoutDeadlines } from './withoutDeadlines.ts';

/** What is to be different. */
export interface WhatIf {
  /** Settings of decisions; those that are not given stay as they are. */
  policy: Partial<Policy>;
  /** Also for reservations whose command names a deadline or life of its own. */
  overrideDeadlines: boolean;
  /** Units on hand where the fold begins. */
  starts: readonly { sku: string; location: string; onHand: number }[];
}

/** A lane to be folded twice. */
export interface WhatIfTask {
  lane: number;
  begin: FoldBegin;
  whatIf: WhatIf;
}

/** What a lane's log has led to, and would have led to. */
export interface WhatIfReport {
  lane: number;
  /** Offsets that were folded: from `from` to below `to`. */
  from: number;
  to: number;
  records: number;
  /** Reservations that were granted, and those of them that live as long as the settings say. */
  reserved: { all: number; byDefault: number };
  total: Record<'now' | 'whatIf', Pick<ItemOutcome, 'refused' | 'sold'>>;
  /** Stock items for which something differs. */
  items: WhatIfItem[];
}

/** A stock item for which something differs. */
export interface WhatIfItem {
  sku: string;
  location: string;
  now: ItemOutcome;
  whatIf: ItemOutcome;
}

/**
 * Folds a lane of the stock engine up to its progress, with the present settings and with others,
 * side by side; nothing is changed and nothing sent. `onRecords` is told of records as they are
 * folded. Throws WHAT_IF_INVALID and what `openFoldedLane` and `beginFold` throw.
 */
export async function whatIfLane(
  sources: ReplaySources,
  { lane, begin, whatIf }: WhatIfTask,
  onRecords: (count: number) => void,
): Promise<WhatIfReport> {
  const opened = await openFoldedLane(sources, lane);
  const { progress, failed } = opened;
  const present = policyOf(sources.settings);
  const replays = [present, { ...present, ...whatIf.policy }].map((policy) => {
    return new LaneReplay(progress, policy, failed);
  }) as [LaneReplay, LaneReplay];
  const to = progress.nextOffset;
  const from = await beginFold(sources, opened, begin, to, replays);
  const isHere = ({ sku }: { sku: string }) => partitionOf(sku, progress.partitionCount) === lane;
  putStarts(replays[1], whatIf.starts.filter(isHere));
  const folds = { now: new WhatIfFold(replays[0]), whatIf: new WhatIfFold(replays[1]) };
  let records = 0;
  for await (const batch of foldedRecords(sources, opened, from, to)) {
    folds.now.take(batch);
    folds.whatIf.take(whatIf.overrideDeadlines ? withoutDeadlines(batch) : batch);
    records += batch.length;
    onRecords(batch.length);
  }
  const [now, other] = [folds.now.tally.items, folds.whatIf.tally.items];
  return {
    lane,
    from,
    to,
    records,
    reserved: folds.whatIf.reserved,
    total: { now: totalOf(now.values()), whatIf: totalOf(other.values()) },
    items: [...now].flatMap(([key, item]) => differenceOf(item, other.get(key))),
  };
}

function putStarts({ state }: LaneReplay, starts: WhatIf['starts']): void {
  for (const { sku, location, onHand } of starts) {
    const item = itemOf(state, sku, location);
    const { reserved } = item.level;
    if (onHand < reserved) {
      const message = `${reserved} units of ${sku} at ${location} are reserved at the beginning`;
      throw new OperationalError('WHAT_IF_INVALID', message, {
        hint: 'Begin with as many on hand at least, or fold from the start.',
      });
    }
    item.level = { ...item.level, onHand, known: true };
  }
}

function totalOf(items: Iterable<ItemOutcome>): Pick<ItemOutcome, 'refused' | 'sold'> {
  const total = { refused: 0, sold: 0 };
  for (const { refused, sold } of items) {
    total.refused += refused;
    total.sold += sold;
  }
  return total;
}

function differenceOf(now: TalliedItem, whatIf: TalliedItem | undefined): WhatIfItem[] {
  const { sku, location } = now;
  const pair = { now: outcomeOf(now), whatIf: outcomeOf(whatIf) };
  const isSame = (['refused', 'sold', 'peakReserved'] as const).every((name) => {
    return pair.now[name] === pair.whatIf[name];
  });
  return isSame ? [] : [{ sku, location, ...pair }];
}

function outcomeOf(item: TalliedItem | undefined): ItemOutcome {
  return {
    refused: item?.refused ?? 0,
    sold: item?.sold ?? 0,
    peakReserved: item?.peakReserved ?? 0,
  };
}
