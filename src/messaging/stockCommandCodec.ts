import type { AskingCommand, StockCommand } from '../domain/commands.ts';
import { loadAvroSchema } from './avroSchema.ts';
import { decodeSingleObject, encodeSingleObject } from './singleObject.ts';
import { unwrapNamed, wrapBody } from './wrappedBody.ts';

export const stockCommandSchema = loadAvroSchema('StockCommand');

/** Bytes of a command, as they go to the commands topic. */
export function encodeStockCommand(command: StockCommand): Buffer {
  const { commandId, sku, location, reply } = command as Partial<AskingCommand>;
  return encodeSingleObject(stockCommandSchema, {
    commandId: commandId ?? '',
    sku: sku ?? '',
    location: location ?? 'main',
    reply: reply ?? false,
    kind: command.kind,
    body: wrapBody(command),
  });
}

/** The command in a record's value. Throws DecodeError; quantities are not checked here. */
export function decodeStockCommand(bytes: Buffer | null): StockCommand {
  const {
    commandId,
    sku,
    location,
    reply,
    kind: named,
    body,
  } = decodeSingleObject(stockCommandSchema, bytes) as WireCommand;
  const { kind, fields } = unwrapNamed(named, body);
  // A literal that begins with a spread takes ten times as long as the decoding.
  if (reply) return { commandId, sku, location, reply, kind, ...fields } as StockCommand;
  return { commandId, sku, location, kind, ...fields } as StockCommand;
}

interface WireCommand {
  commandId: string;
  sku: string;
  location: string;
  reply: boolean;
  kind: string;
  body: Record<string, object>;
}
