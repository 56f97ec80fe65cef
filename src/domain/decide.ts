import { bodyDigest } from './bodyDigest.ts';
import type { AskingCommand, ExpireDue, StockCommand } from './commands.ts';
import { decideAdjust, decideCount, decideReceive } from './decideLevel.ts';
import {
  decideConfirm,
  decideExtend,
  decideRelease,
  decideReserve,
  decideReturn,
} from './decideReservation.ts';
import { decideParked } from './decideParked.ts';
import { Draft } from './draft.ts';
import type { CommandRejected, StockEvent } from './events.ts';
import { expireLimit, NAME_LENGTH_MAX, isId } from './limits.ts';
import { malformedBody, malformedName, namesStockItem, requestedUnits } from './malformed.ts';
import { orderIdOf } from './orderIdOf.ts';
import type { RejectionReason } from './rejections.ts';
import { isDue } from './reservation.ts';
import { noStock } from './stockLevel.ts';
import type { StockItem, StockState } from './stockState.ts';
import { itemKey, itemOf, recall } from './stockState.ts';
import type { Granted } from './verdict.ts';

/**
 * What a command means in a state, at a log time (ms since 1970): its events, the outcome last.
 * None when the command repeats one that was decided before (the first answer stands, see
 * `recall`), or when a tick finds nothing due. It reads no clock and changes nothing.
 */
export function decide(command: StockCommand, state: StockState, now: number): StockEvent[] {
  if (command.kind === 'ExpireDue') return expireDue(command, state, now);

  // Known by its id? First of all: a refused id stays refused, whatever else is wrong with it.
  const digest = isId(command.commandId) ? bodyDigest(command) : null;
  const first = digest === null ? undefined : recall(state, command.commandId, now);
  if (first?.commandDigest === digest) return [];

  const item = state.items.get(itemKey(command.sku, command.location));
  const reused = first ? 'COMMAND_ID_REUSED' : null;
  const refused =
    digest === null ? 'COMMAND_ID_INVALID' : (reused ?? malformedName(command, item !== undefined));
  if (refused && !namesStockItem(command)) return [refuseNameless(command, refused, digest, now)];
  const orderId = refused ? null : orderIdOf(command);
  const draft = new Draft(item ?? itemFor(state, command), orderId, state.policy, now);
  const verdict = refused ? { refused } : verdictOn(command, draft, state);

  const outcome = outcomeOf(command, verdict, draft, digest);
  // Nearly always the only event; an array that is made at its size costs less than a grown one.
  return draft.expiries.length === 0 ? [outcome] : [...draft.expiries, outcome];
}

type AnyVerdict = Granted | { refused: RejectionReason; shortage?: number };

function verdictOn(command: AskingCommand, draft: Draft, state: StockState): AnyVerdict {
  const malformed = malformedBody(command);
  if (malformed) return { refused: malformed };
  switch (command.kind) {
    case 'ReceiveStock':
      return decideReceive(command, draft);
    case 'ReserveStock':
      return decideReserve(command, draft);
    case 'ConfirmReservation':
      return decideConfirm(command, draft);
    case 'ReleaseReservation':
      return decideRelease(command, draft);
    case 'ExtendReservation':
      return decideExtend(command, draft);
    case 'ReturnStock':
      return decideReturn(command, draft);
    case 'AdjustStock':
      return decideAdjust(command, draft);
    case 'CountStock':
      return decideCount(command, draft);
    case 'RetryParked':
    case 'SkipParked':
      return decideParked(command, state);
  }
}

/**
 * The outcome of a command that could never be decided and that an operator gave up: its refusal;
 * none when it repeats one that was decided. Nothing of it is looked at but its names.
 */
export function refuseSkipped(
  command: AskingCommand,
  state: StockState,
  now: number,
): StockEvent | undefined {
  const draft = new Draft(itemFor(state, command), null, state.policy, now);
  const digest = isId(command.commandId) ? bodyDigest(command) : null;
  const first = digest === null ? undefined : recall(state, command.commandId, now);
  if (first?.commandDigest === digest) return undefined;
  const refused = first ? 'COMMAND_ID_REUSED' : 'SKIPPED_BY_OPERATOR';
  return outcomeOf(command, { refused }, draft, digest);
}

/** Moves the units of due reservations, in the order in which the state lists them. */
function expireDue(tick: ExpireDue, state: StockState, now: number): StockEvent[] {
  const drafts = new Map<StockItem, Draft>();
  const events: StockEvent[] = [];
  for (const { sku, location, orderId } of state.due) {
    if (events.length >= expireLimit(tick)) break;
    const item = state.items.get(itemKey(sku, location));
    const reservation = item?.reservations.get(orderId);
    if (!item || !reservation || !isDue(reservation, now)) continue;
    let draft = drafts.get(item);
    if (!draft) drafts.set(item, (draft = new Draft(item, null, state.policy, now)));
    events.push(draft.expire(reservation));
  }
  return events;
}

/** The item that a command names; decide must not add it to the state, so a new one stays apart. */
function itemFor(state: StockState, { sku, location }: AskingCommand): StockItem {
  const known = state.items.get(itemKey(sku, location));
  return known ?? itemOf({ ...state, items: new Map() }, sku, location);
}

function outcomeOf(
  command: AskingCommand,
  verdict: AnyVerdict,
  draft: Draft,
  digest: number | null,
): StockEvent {
  if ('refused' in verdict) {
    const body = rejection(command, verdict.refused, verdict.shortage ?? null);
    return draft.event(body, 0, 0, clip(command.commandId), digest);
  }
  const { body, onHandDelta, reservedDelta } = verdict;
  return draft.event(body, onHandDelta, reservedDelta, command.commandId, digest);
}

function rejection(
  command: AskingCommand,
  reason: RejectionReason,
  shortage: number | null,
): CommandRejected {
  const named = orderIdOf(command);
  const orderId = named === null ? null : clip(named);
  const requested = requestedUnits(command);
  return { kind: 'CommandRejected', command: command.kind, reason, orderId, requested, shortage };
}

/** A refusal that belongs to no stock item: its SKU or location is none. */
function refuseNameless(
  command: AskingCommand,
  reason: RejectionReason,
  digest: number | null,
  now: number,
): StockEvent {
  return {
    sku: clip(command.sku),
    location: clip(command.location),
    sequence: noStock.sequence,
    commandId: clip(command.commandId),
    commandDigest: digest,
    time: now,
    onHandBefore: 0,
    reservedBefore: 0,
    onHandAfter: 0,
    reservedAfter: 0,
    ...rejection(command, reason, null),
  };
}

/** Names that are none are stated too, cut to the length that a name may have. */
function clip(text: string): string {
  return text.slice(0, NAME_LENGTH_MAX);
}
