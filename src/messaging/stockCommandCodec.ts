import type { AskingCommand, StockCommand } from '../domain/commands.ts';
import { loadAvroSchema } from './avroSchema.ts';
import { decodeSingleObject, encodeSingleObject } from './singleObject.ts';
import { unwrapBody, wrapBody } from './wrappedBody.ts';

export const stockCommandSchema = loadAvroSchema('StockCommand');

/** Bytes of a command, as they go to the commands topic. */
export function encodeStockCommand(command: StockCommand): Buffer {
  const { commandId, sku, location, reply } = command as Partial<AskingCommand>;
  return encodeSingleObject(stockCommandSchema, {
    commandId: commandId ?? '',
    sku: sku ?? '',
    location: location ?? 'main',
    reply: reply ?? false,
    body: wrapBody(command),
  });
}

/** The command in a record's value. Throws DecodeError; quantities are not checked here. */
export function decodeStockCommand(bytes: Buffer | null): StockCommand {
  const { commandId, sku, location, reply, body } = decodeSingleObject(
    stockCommandSchema,
    bytes,
  ) as WireCommand;
  const { kind, fields } = unwrapBody(body);
  // A literal that begins with a spread takes ten times as long as the decoding.
  if (reply) return { commandId, sku, location, reply, kind, ...fields } as StockCommand;
  return { commandId, sku, location, kind, ...fields } as StockCommand;
}

interface WireCommand {
  commandId: string;
  sku: string;
  location: string;
  reply: boolean;
  body: Record<string, object>;
}
