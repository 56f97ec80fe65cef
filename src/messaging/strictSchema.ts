import type { AvroSchema } from './avroSchema.ts';

interface Kind {
  name: string;
  fields: object[];
}
interface Message {
  doc: string;
  fields: { name: string; type: unknown }[];
}

/** Schemas that upstream services write with, which are also in `schemas/strict/`. */
export const strictSchemas = ['StockCommand', 'OrderEvent'] as const;

/**
 * The same schema, as JSON, for writers whose library chooses the branch of a union by what fits a
 * dict: every kind has one more field, `kind`, that only its own name fits and that has no default.
 * So the kind that is named is the one that is written, or nothing is. Readers know the schema by
 * its fingerprint and leave the field out, older ones, too; what others write stays as it is.
 */
export function strictSchema({ text }: Pick<AvroSchema, 'text'>): string {
  const message = JSON.parse(text) as Message;
  message.doc += ' For writers that choose a kind by the shape of a dict: the body names it.';
  for (const field of message.fields) {
    if (field.name !== 'body') continue;
    for (const { name, fields } of field.type as Kind[]) {
      fields.unshift({
        name: 'kind',
        type: { type: 'enum', name: `${name}Kind`, symbols: [name] },
        doc: 'The name of this kind.',
      });
    }
  }
  return `${JSON.stringify(message, undefined, 2)}\n`;
}
