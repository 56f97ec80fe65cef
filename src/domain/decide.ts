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
import { Draft } from './draft.ts';
import type { CommandRejected, StockEvent } from './events.ts';
import { EXPIRE_LIMIT_MAX, NAME_LENGTH_MAX, isId } from './limits.ts';
import { malformedBody, malformedName, requestedUnits } from './malformed.ts';
import type { RejectionReason } from './rejections.ts';
import { isDue } from './reservation.ts';
import { noStock } from './stockLevel.ts';
import type { StockItem, StockState } from './stockState.ts';
import { itemKey, itemOf, recall } from './stockState.ts';
import type { Verdict } from './verdict.ts';

/**
 * What a command means in a state, at a log time (ms since 1970): its events, the outcome last.
 * None when the command repeats one that was decided before (the first answer stands, see
 * `recall`), or when a tick finds nothing due. It reads no clock and changes nothing.
 */
export function decide(command: StockCommand, state: StockState, now: number): StockEvent[] {
  if (command.kind === 'ExpireDue') return expireDue(command, state, now);

  // Known by its id? First of all: a refused id stays refused, whatever else is wrong with it.
  if (!isId(command.commandId)) return [refuseNameless(command, 'COMMAND_ID_INVALID', null, now)];
  const digest = bodyDigest(command);
  const first = recall(state, command.commandId, now);
  if (first?.commandDigest === digest) return [];

  const badName = malformedName(command);
  if (badName) {
    const reason = first ? 'COMMAND_ID_REUSED' : badName;
    return [refuseNameless(command, reason, digest, now)];
  }
  const orderId = 'orderId' in command ? command.orderId : null;
  const draft = new Draft(itemFor(state, command), first ? null : orderId, state.policy, now);
  const verdict = first ? reused : verdictOn(command, draft);

  const { commandId } = command;
  if ('refused' in verdict) {
    const body = rejection(command, verdict.refused, verdict.shortage ?? null);
    const e=draft.event(body, 0, 0, commandId, digest);
    return draft.events.length===0?[e]:[...draft.events,e];
  } else {
    const { onHandDelta, reservedDelta, body } = verdict;
    const e=draft.event(body, onHandDelta, reservedDelta, commandId, digest);
    return draft.events.length===0?[e]:[...draft.events,e];
  }
}

const reused: Verdict<AskingCommand['kind']> = { refused: 'COMMAND_ID_REUSED' };

function verdictOn(
  command: AskingCommand,
  draft: Draft,
): Verdict<AskingCommand['kind']> | { refused: RejectionReason; shortage?: never } {
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
  }
}

/** Moves the units of due reservations, in the order in which the state lists them. */
function expireDue(tick: ExpireDue, state: StockState, now: number): StockEvent[] {
  const drafts = new Map<StockItem, Draft>();
  const events: StockEvent[] = [];
  for (const { sku, location, orderId } of state.due) {
    if (events.length >= Math.min(tick.limit, EXPIRE_LIMIT_MAX)) break;
    const item = state.items.get(itemKey(sku, location));
    const reservation = item?.reservations.get(orderId);
    if (!item || !reservation || !isDue(reservation, now)) continue;
    let draft = drafts.get(item);
    if (!draft) drafts.set(item, (draft = new Draft(item, null, state.policy, now)));
    draft.expire(reservation);
    const event = draft.events.at(-1);
    if (event) events.push(event);
  }
  return events;
}

/** The item that a command names; decide must not add it to the state, so a new one stays apart. */
function itemFor(state: StockState, { sku, location }: AskingCommand): StockItem {
  const known = state.items.get(itemKey(sku, location));
  return known ?? itemOf({ ...state, items: new Map() }, sku, location);
}

function rejection(
  command: AskingCommand,
  reason: RejectionReason,
  shortage: number | null,
): CommandRejected {
  const orderId = 'orderId' in command ? clip(command.orderId) : null;
  const requested = requestedUnits(command);
  return { kind: 'CommandRejected', command: command.kind, reason, orderId, requested, shortage };
}

/** A refusal that belongs to no stock item: a name in it is none. Names are cut to their maximum. */
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

function clip(text: string): string {
  return text.slice(0, NAME_LENGTH_MAX);
}
