import type { LaneRecord } from '../engine/laneRecord.ts';
import { DecodeError } from '../messaging/decodeError.ts';
import { decodeStockCommand, encodeStockCommand } from '../messaging/stockCommandCodec.ts';

/** The same commands, but reservations name no deadline or life of their own. */
export function withoutDeadlines(records: readonly LaneRecord[]): LaneRecord[] {
  return records.map((record) => {
    const value = plainReserve(record.value);
    return value ? { ...record, value } : record;
  });
}

/** Undefined for what is to stay as it is. */
function plainReserve(value: Buffer | null): Buffer | undefined {
  try {
    const command = decodeStockCommand(value);
    if (command.kind !== 'ReserveStock') return undefined;
    if (command.expiresAt === null && command.ttlSeconds === null) return undefined;
    return encodeStockCommand({ ...command, expiresAt: null, ttlSeconds: null });
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
